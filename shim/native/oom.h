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
  char *pod;          /* on cgroup v2 the directory that the container's is in; NULL if unknown */
  int64_t pod_before; /* kills below it when the container had not yet started, -1 if unknown */
};

/* Before the start, since a container may be dead, and its cgroup gone, when the runtime tells that
 * it runs. Takes over the directory of the pod's cgroup, NULL when it is not known. */
void oom_expect(struct oom *oom, char *pod);

/* Begins to watch, once the container's cgroups are known. */
void oom_watch(struct oom *oom, struct loop *loop, const struct cgroups *cgroups);

/* The answer for a container that has just ended; stranger tells that its exit code is that of a
 * SIGKILL, and that none came through us. */
bool oom_happened(struct oom *oom, bool stranger);

#endif
