#include "cgroup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOUNTINFO_TEXT = 4 << 20 };

static const char ROOT[] = "/sys/fs/cgroup";

/* What was read into a buffer may be cut: a last line without an end is not looked at. */
static bool whole_line(const char *line, size_t *length) {
  *length = strcspn(line, "\n");
  return line[*length] == '\n';
}

/* Whether a comma-separated list of length bytes holds the word. */
static bool lists(const char *list, size_t length, const char *word) {
  size_t size = strlen(word);
  for (const char *at = list, *end = list + length; at <= end;) {
    const char *comma = memchr(at, ',', (size_t)(end - at));
    size_t item = (size_t)((comma == NULL ? end : comma) - at);
    if (item == size && memcmp(at, word, size) == 0) return true;
    if (comma == NULL) return false;
    at = comma + 1;
  }
  return false;
}

const char *cgroup_path(const char *text, const char *controller, size_t *length) {
  size_t size;
  for (const char *line = text; whole_line(line, &size); line += size + 1) {
    const char *first = memchr(line, ':', size);
    const char *second =
        first == NULL ? NULL : memchr(first + 1, ':', size - (size_t)(first + 1 - line));
    if (second != NULL && lists(first + 1, (size_t)(second - first - 1), controller)) {
      *length = size - (size_t)(second + 1 - line);
      return second + 1;
    }
  }
  return NULL;
}

/* Splits off the next word of a line; false at its end. */
static bool word(const char **at, const char *end, const char **start, size_t *length) {
  while (*at < end && **at == ' ') (*at)++;
  *start = *at;
  while (*at < end && **at != ' ') (*at)++;
  *length = (size_t)(*at - *start);
  return *length > 0;
}

/* The part of path below a mount whose root is root; NULL when it is not below it. */
static const char *below(const char *root, size_t root_length, const char *path, size_t length) {
  if (root_length == 1 && root[0] == '/') return path;
  if (length < root_length || memcmp(root, path, root_length) != 0) return NULL;
  if (length > root_length && path[root_length] != '/') return NULL;
  return path + root_length;
}

char *cgroup_mounted(const char *mountinfo, const char *controller, const char *path,
                     size_t length) {
  size_t line_size;
  for (const char *line = mountinfo; whole_line(line, &line_size); line += line_size + 1) {
    const char *at = line, *end = line + line_size;
    const char *words[11], *root = NULL, *point = NULL, *type = NULL, *super = NULL;
    size_t sizes[11], root_size = 0, point_size = 0, type_size = 0, super_size = 0;
    for (int i = 0; i < 5 && word(&at, end, &words[i], &sizes[i]); i++) {
      if (i == 3) root = words[i], root_size = sizes[i];
      if (i == 4) point = words[i], point_size = sizes[i];
    }
    const char *item;
    size_t size;
    while (word(&at, end, &item, &size) && !(size == 1 && *item == '-')) continue;
    if (word(&at, end, &type, &type_size) && word(&at, end, &item, &size))
      word(&at, end, &super, &super_size);
    bool unified = controller[0] == '\0';
    bool fits = type != NULL && point != NULL && point_size > 0 && root_size > 0 &&
                (unified ? type_size == 7 && memcmp(type, "cgroup2", 7) == 0
                         : type_size == 6 && memcmp(type, "cgroup", 6) == 0 && super != NULL &&
                               lists(super, super_size, controller));
    const char *rest = fits ? below(root, root_size, path, length) : NULL;
    if (rest != NULL)
      return formatted("%.*s%.*s", (int)point_size, point, (int)(length - (size_t)(rest - path)),
                       rest);
  }
  return NULL;
}

static char *existing(char *directory) {
  if (directory != NULL && access(directory, F_OK) != 0) {
    free(directory);
    return NULL;
  }
  return directory;
}

/* The usual places first: reading mountinfo costs a millisecond on a node with many pods. */
static char *find(const char *controller, const char *path, size_t length) {
  /* The root of a hierarchy is nobody's container. */
  if (length <= 1) return NULL;
  bool unified = controller[0] == '\0';
  char *found =
      existing(formatted("%s%s%s%.*s", ROOT, unified ? "" : "/", controller, (int)length, path));
  if (found == NULL && unified)
    found = existing(formatted("%s/unified%.*s", ROOT, (int)length, path));
  if (found != NULL) return found;
  char *mountinfo FREE = resized(NULL, MOUNTINFO_TEXT);
  if (mountinfo == NULL || read_text("/proc/self/mountinfo", mountinfo, MOUNTINFO_TEXT) <= 0)
    return NULL;
  return existing(cgroup_mounted(mountinfo, controller, path, length));
}

/* In the usual place only: each start looks for it. */
char *cgroup_of_pod(const struct options *options) {
  const char *slash = options->cgroup == NULL ? NULL : strrchr(options->cgroup, '/');
  if (slash == NULL || slash == options->cgroup) return NULL;
  return existing(formatted("%s%.*s", ROOT, (int)(slash - options->cgroup), options->cgroup));
}

/* A guest's host process, which all of its pod share, is in a cgroup of the pod or in anybody's. */
static bool of_pod(const struct options *options, const char *path, size_t length) {
  const char *slash = options->cgroup == NULL ? NULL : strrchr(options->cgroup, '/');
  if (slash == NULL) return false;
  size_t pod = (size_t)(slash - options->cgroup) + 1;
  return length > pod && strncmp(path, options->cgroup, pod) == 0;
}

static char *as_told(const struct options *options, const char *controller) {
  return options->cgroup == NULL ? NULL
                                 : find(controller, options->cgroup, strlen(options->cgroup));
}

/* A process that is dead already shows `/` for its cgroups of v1: then what we were told counts.
 * *told is the caller's: the path that processes in there tell. */
static char *locate(const struct options *options, const char *text, const char *controller,
                    bool guest, char **told) {
  size_t length;
  const char *path = cgroup_path(text, controller, &length);
  if (path == NULL) return NULL;
  char *found = guest && !of_pod(options, path, length) ? NULL : find(controller, path, length);
  if (found == NULL && options->cgroup != NULL) {
    path = options->cgroup;
    length = strlen(path);
    found = find(controller, path, length);
  }
  if (found == NULL || told == NULL) return found;
  *told = formatted("%.*s", (int)length, path);
  if (*told == NULL) free_owned(&found);
  return found;
}

void cgroup_learn(struct cgroups *cgroups, const struct options *options, pid_t init, bool guest) {
  char path[64];
  /* Not on the stack, whose pages are never given back. */
  char *text FREE = resized(NULL, CGROUP_TEXT);
  snprintf(path, sizeof path, "/proc/%d/cgroup", (int)init);
  if (text == NULL) return;
  bool there = read_text(path, text, CGROUP_TEXT) > 0;
  cgroups->memory =
      there ? locate(options, text, "memory", guest, NULL) : as_told(options, "memory");
  cgroups->memory_unified = cgroups->memory == NULL;
  if (cgroups->memory_unified)
    cgroups->memory = there ? locate(options, text, "", guest, NULL) : as_told(options, "");
  if (!there || !options->exec_cgroup || guest) return;
  cgroups->exec = locate(options, text, "freezer", false, &cgroups->exec_path);
  cgroups->exec_prefix = cgroups->exec == NULL ? "" : "freezer:";
  if (cgroups->exec == NULL) cgroups->exec = locate(options, text, "", false, &cgroups->exec_path);
}

int64_t cgroup_counter(const char *text, const char *name) {
  size_t size = strlen(name), length;
  for (const char *line = text; whole_line(line, &length); line += length + 1) {
    if (length > size && memcmp(line, name, size) == 0 && line[size] == ' ') {
      char number[32];
      snprintf(number, sizeof number, "%.*s", (int)(length - size - 1), line + size + 1);
      int64_t value;
      return parse_number(number, 0, INT64_MAX, &value) ? value : -1;
    }
  }
  return -1;
}

char *cgroup_for_exec(const struct cgroups *cgroups, uint32_t exec, char **option) {
  if (cgroups->exec == NULL) return NULL;
  char *directory = formatted("%s/jcri-exec-%u", cgroups->exec, exec);
  *option = formatted("%sjcri-exec-%u", cgroups->exec_prefix, exec);
  if (directory == NULL || *option == NULL || mkdir(directory, 0755) != 0) {
    free_owned(&directory);
    free_owned(option);
  }
  return directory;
}

/* A cgroup that could not be removed when its exec ended. */
struct stale_cgroup {
  char *directory;
  struct stale_cgroup *next;
};

/* False while a process, or the zombie of one, is in it. */
static bool removed(const char *directory) { return rmdir(directory) == 0 || errno == ENOENT; }

void cgroup_discard(struct cgroups *cgroups, char *directory) {
  for (struct stale_cgroup **at = &cgroups->stale; *at != NULL;) {
    struct stale_cgroup *stale = *at;
    if (!removed(stale->directory)) {
      at = &stale->next;
      continue;
    }
    *at = stale->next;
    free(stale->directory);
    free(stale);
  }
  if (removed(directory)) {
    free(directory);
    return;
  }
  struct stale_cgroup *stale = new_zeroed(sizeof *stale);
  if (stale == NULL) {
    free(directory); /* it goes with the container's own */
    return;
  }
  *stale = (struct stale_cgroup){.directory = directory, .next = cgroups->stale};
  cgroups->stale = stale;
}
