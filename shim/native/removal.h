/* How the runtime is made to forget the container, and how the shim ends. */
#ifndef JCRI_REMOVAL_H
#define JCRI_REMOVAL_H

#include "shim.h"

void removal_init(struct shim *shim);

/* The container ended: the runtime frees its cgroup and kills what may be left in it at once, so
 * that a later delete has nothing to wait for. */
void removal_begin(struct shim *shim);

/* Takes the next step of a deletion that was asked for, if there is one. */
void removal_advance(struct shim *shim);

#endif
