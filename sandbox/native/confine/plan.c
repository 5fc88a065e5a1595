#include "plan.h"

#include <stdlib.h>
#include <string.h>

static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                      "/dev/urandom"};

/* Below a kept directory these are left out: roots of containers, which a copy would pin in here
 * after they were unmounted outside; pinned namespaces; pods' secrets and other things in memory;
 * what a look would mount. */
static const char *const left_out[] = {"overlay", "nsfs",   "tmpfs",
                                       "ramfs",   "autofs", "fuse.fuse-overlayfs"};

static bool is_left_out(const struct mount *mount) {
  for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
    if (strcmp(mount->type, left_out[i]) == 0) return true;
  return false;
}

static bool add(struct plan *plan, const char *path, enum place_kind kind, uint64_t mount_id) {
  if ((plan->count & (plan->count - 1)) == 0) {
    size_t room = plan->count == 0 ? 1 : plan->count * 2;
    struct place *larger = realloc(plan->places, room * sizeof *larger);
    if (larger == NULL) return false;
    plan->places = larger;
  }
  plan->places[plan->count++] = (struct place){path, kind, mount_id};
  return true;
}

/* The innermost named path that this one is, or lies below; NULL for none. */
static const struct named_path *owner(const struct request *request, const char *path) {
  const struct named_path *innermost = NULL;
  for (size_t i = 0; i < request->path_count; i++) {
    const struct named_path *named = &request->paths[i];
    if ((strcmp(path, named->path) == 0 || path_below(path, named->path)) &&
        (innermost == NULL || strlen(named->path) > strlen(innermost->path))) {
      innermost = named;
    }
  }
  return innermost;
}

/* Whether the mount, or one between it and the kept directory, is left out. */
static bool is_cut_off(const struct mounts *mounts, const struct mount *mount, const char *kept) {
  for (size_t i = 0; i < mounts->count; i++) {
    const struct mount *above = &mounts->list[i];
    if (is_left_out(above) && path_below(above->point, kept) &&
        (strcmp(mount->point, above->point) == 0 || path_below(mount->point, above->point))) {
      return true;
    }
  }
  return false;
}

/* Of the root directory, when that is named, nothing that is mounted below comes along: it would be
 * all. */
static bool comes_along(const struct request *request, const struct mounts *mounts,
                        const struct mount *mount) {
  const struct named_path *named = owner(request, mount->point);
  return named != NULL && !named->writable && named->path[1] != '\0' &&
         path_below(mount->point, named->path) && !is_cut_off(mounts, mount, named->path);
}

static bool has_place(const struct plan *plan, const char *path) {
  for (size_t i = 0; i < plan->count; i++)
    if (strcmp(plan->places[i].path, path) == 0) return true;
  return false;
}

static bool leads_to_a_place(const struct plan *plan, const char *path) {
  for (size_t i = 0; i < plan->count; i++)
    if (path_below(plan->places[i].path, path)) return true;
  return false;
}

/* A directory in which another file system is mounted outside is empty in here, or holds what that
 * hides. */
static bool add_ways(struct plan *plan, const struct request *request,
                     const struct mounts *mounts) {
  for (size_t i = 0; i < mounts->count; i++) {
    const char *point = mounts->list[i].point;
    if (leads_to_a_place(plan, point) && !has_place(plan, point) && owner(request, point) != NULL &&
        !add(plan, point, WAY, 0)) {
      return false;
    }
  }
  return true;
}

static int by_path(const void *a, const void *b) {
  return strcmp(((const struct place *)a)->path, ((const struct place *)b)->path);
}

bool plan_make(struct plan *plan, const struct request *request, const struct mounts *mounts) {
  *plan = (struct plan){NULL, 0};
  if (!add(plan, "/proc", PROC, 0)) return false;
  for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
    if (!add(plan, devices[i], DEVICE, 0)) return false;
  for (size_t i = 0; i < request->path_count; i++)
    if (!add(plan, request->paths[i].path, request->paths[i].writable ? WRITABLE : KEPT, 0))
      return false;
  for (size_t i = 0; i < mounts->count; i++) {
    const struct mount *mount = &mounts->list[i];
    if (comes_along(request, mounts, mount) && !add(plan, mount->point, MOUNTED, mount->id))
      return false;
  }
  if (!add_ways(plan, request, mounts)) return false;
  qsort(plan->places, plan->count, sizeof *plan->places, by_path);
  return true;
}

void plan_free(struct plan *plan) {
  free(plan->places);
  *plan = (struct plan){NULL, 0};
}
