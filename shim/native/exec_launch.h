/* How an exec begins. */
#ifndef JCRI_EXEC_LAUNCH_H
#define JCRI_EXEC_LAUNCH_H

#include "exec_state.h"

/* Makes what its process needs and starts the runtime, which is told of by ended. What was made of
 * one that fails is its owner's to take away. */
bool exec_launch(struct exec *exec, const struct frame *request,
                 void (*ended)(struct child *child, int status), struct refusal *refusal);

#endif
