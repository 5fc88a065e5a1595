#include "oom.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS_TEXT = 1024 };

/* The directory is that of a cgroup, or when above is set, that of its parent. */
static int64_t kills_in(const char *directory, bool above, const char *file) {
  char text[EVENTS_TEXT];
  const char *slash = strrchr(directory, '/');
  if (slash == NULL) return -1;
  int length = above ? (int)(slash - directory) : (int)strlen(directory);
  char *path FREE = formatted("%.*s/%s", length, directory, file);
  return path == NULL || read_text(path, text, sizeof text) <= 0 ? -1
                                                                 : cgroup_counter(text, "oom_kill");
}

/* On cgroup v2 a count includes what lies below: the pod's own, which outlives the container's. */
static int64_t kills_of_parent(const struct oom *oom) {
  return kills_in(oom->cgroups->memory, true, "memory.events");
}

/* The kernel wakes us when a counter of the file has changed. A read both answers and re-arms it;
 * it fails once the cgroup is gone. */
static void changed(struct watch *watch, uint32_t events) {
  (void)events;
  struct oom *oom = watch->owner;
  char text[EVENTS_TEXT];
  ssize_t length = pread(watch->fd, text, sizeof text - 1, 0);
  if (length > 0) {
    text[length] = '\0';
    oom->seen = cgroup_counter(text, "oom_kill") > 0;
  }
  if (length <= 0 || oom->seen) loop_close(oom->loop, watch);
}

/* systemd removes a scope's cgroup as soon as its last process is dead, and may be faster than we
 * are: so with v2 the kill is noticed when it happens. The v1 counters go only with our delete. */
void oom_watch(struct oom *oom, struct loop *loop, const struct cgroups *cgroups) {
  *oom = (struct oom){.loop = loop, .cgroups = cgroups};
  oom->watch = (struct watch){.fd = -1, .ready = changed, .owner = oom};
  if (cgroups->memory == NULL || !cgroups->memory_unified) return;
  oom->parent_before = kills_of_parent(oom);
  char *path FREE = formatted("%s/memory.events", cgroups->memory);
  if (path == NULL) return;
  oom->watch.fd = open(path, O_RDONLY | O_CLOEXEC);
  if (oom->watch.fd < 0) return;
  loop_watch(loop, &oom->watch, EPOLLPRI);
  changed(&oom->watch, EPOLLPRI);
}

bool oom_happened(struct oom *oom, bool stranger) {
  const struct cgroups *cgroups = oom->cgroups;
  loop_close(oom->loop, &oom->watch);
  if (oom->seen) return true;
  if (cgroups->memory == NULL) return false;
  int64_t kills = kills_in(cgroups->memory, false,
                           cgroups->memory_unified ? "memory.events" : "memory.oom_control");
  if (kills >= 0) return kills > 0;
  /* Its cgroup is gone already. The code of a SIGKILL that we did not send and a kill in the
   * pod are one. */
  return cgroups->memory_unified && stranger && oom->parent_before >= 0 &&
         kills_of_parent(oom) > oom->parent_before;
}
