/* The process that hears what a shim publishes: started before the shim and ended after it, so that
 * nothing is lost while there is no daemon. It serves ROOT/SANDBOX/events.sock. */
#ifndef JCRI_TASK_LISTENER_H
#define JCRI_TASK_LISTENER_H

#include "task.h"

/* Starts it for the shim of that container, and gives the address by which the shim finds it. */
bool listener_start(const struct task *task, char *address, size_t capacity,
                    struct refusal *refusal);
/* Ends it; when this returns, it is gone. Without one this does nothing. */
void listener_end(const char *root, const char *sandbox);

/* Waits until the shim says something on its connection, and starts the listener anew should that
 * be killed meanwhile. For the container that the shim was started for; with others it does not
 * wait. */
void listener_guard(const struct task *task);

/* Whether memory killed the container, which has ended with that status. Waits a moment for what
 * its shim, when that still lives, has to tell of it. */
bool listener_heard_oom(const struct task *task, int status, bool shim_lives);

#endif
