/* Whether the kernel killed a process of the container for want of memory. */
#ifndef JCRI_OOM_H
#define JCRI_OOM_H

#include "cgroup.h"
#include "loop.h"

struct oom {
  struct loop *loop;
  const struct cgroups *cgroups;
  struct watch watch; /* the container's memory.events, on cgroup v2 */
  bool seen;
  int64_t parent_before; /* kills below the parent cgroup when the container started */
};

/* Begins to watch, once the container's cgroups are known. */
void oom_watch(struct oom *oom, struct loop *loop, const struct cgroups *cgroups);

/* The answer for a container that has just ended; stranger tells that its exit code is that of a
 * SIGKILL, and that none came through us. */
bool oom_happened(struct oom *oom, bool stranger);

#endif
