/* Whether the kernel killed a process of the container for want of memory. */
#ifndef JCRI_OOM_H
#define JCRI_OOM_H

#include "shim.h"

/* Begins to watch, once the container's cgroups are known. */
void oom_watch(struct shim *shim);

/* The answer for a container that has just ended by this signal (0 for none). */
bool oom_happened(struct shim *shim, int signal);

#endif
