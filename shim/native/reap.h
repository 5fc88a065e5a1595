/* Reaping: the container, its execs, the runtime, and orphans that end up here. */
#ifndef JCRI_REAP_H
#define JCRI_REAP_H

#include "container.h"
#include "exec.h"

struct reaper {
  struct watch signals;
  bool dismissed; /* SIGTERM has come: the machine goes down, or somebody thinks so */
  struct runtime *runtime;
  struct container *container;
  struct execs *execs;
};

/* Blocks SIGCHLD and SIGTERM and makes them readable in the loop; the shim becomes the reaper of
 * orphans. */
void reap_init(struct reaper *reaper, struct loop *loop);

#endif
