#ifndef JCRI_CONFINE_H
#define JCRI_CONFINE_H

#include "request.h"

/* As env(1) has it. */
enum { STATUS_FAILED = 125, STATUS_NOT_RUN = 126, STATUS_NOT_FOUND = 127 };

/* Everything below dies (../common/report.h) with the stage and the object in the message. */

/* A mount namespace of its own in which nothing is but what the request names; / is its
 * directory. */
void tree_enter(const struct request *request);
/* No capability but the request's, also not after an execve, and no new privileges. */
void capabilities_keep(uint64_t capabilities);
/* Refuses the system calls of filter.c from now on; needs no new privileges. */
void filter_install(bool mounts_refused);

#endif
