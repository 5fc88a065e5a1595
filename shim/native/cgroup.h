/* The container's cgroup, as far as a shim needs it: did the kernel kill for memory, and a cgroup
 * of its own for an exec that must be killed whole. */
#ifndef JCRI_CGROUP_H
#define JCRI_CGROUP_H

#include "options.h"

enum { CGROUP_TEXT = 16 * 1024 }; /* of a /proc/<pid>/cgroup */

struct stale_cgroup;

struct cgroups {
  char *memory; /* directory with the oom_kill counter; NULL if unknown */
  bool memory_unified;
  char *exec;              /* directory below which an exec gets its own cgroup; NULL if none */
  char *exec_path;         /* the same as /proc/<pid>/cgroup tells it */
  const char *exec_prefix; /* "" on cgroup v2, "freezer:" on v1 */
  struct stale_cgroup *stale;
};

/* Learns the container's cgroups from its first process, which is a child of ours: even a zombie
 * still tells them; or from the process on this host that holds a guest, with others of its pod,
 * and when that is dead and reaped, from what we were told. What there is no memory for stays
 * unknown. */
void cgroup_learn(struct cgroups *cgroups, const struct options *options, pid_t init, bool guest);

/* On cgroup v2 the directory that the container's own will be in, before there is that one; NULL if
 * unknown. The caller's. */
char *cgroup_of_pod(const struct options *options);

/* Makes a cgroup below the container's for one exec; NULL when that cannot be had. *option is
 * what the runtime wants to hear after --cgroup. Both are the caller's. */
char *cgroup_for_exec(const struct cgroups *cgroups, uint32_t exec, char **option);

/* Takes an exec's cgroup over and removes it, now or, when something still lives in it, with a
 * later one; what is never empty goes with the container's own. */
void cgroup_discard(struct cgroups *cgroups, char *directory);

/* Finds the value of a `name value` line, as in memory.events; -1 when it is missing. */
int64_t cgroup_counter(const char *text, const char *name);

/* The path that a /proc/<pid>/cgroup text gives for a controller, "" for cgroup v2. The result
 * points into the text and ends at *length. NULL when there is none. */
const char *cgroup_path(const char *text, const char *controller, size_t *length);

/* The directory of a controller's path below the mounts that a mountinfo text lists, or NULL. */
char *cgroup_mounted(const char *mountinfo, const char *controller, const char *path,
                     size_t length);

#endif
