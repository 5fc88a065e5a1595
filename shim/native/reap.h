/* Reaping: the container, its execs, the runtime, and orphans that end up here. */
#ifndef JCRI_REAP_H
#define JCRI_REAP_H

#include "shim.h"

/* Blocks SIGCHLD and makes it readable in the loop; the shim becomes the reaper of orphans. */
void reap_init(struct shim *shim);

#endif
