/* A container that is no task of the shim's but the sandbox that the shim itself has for a pod:
 * the calls of its Sandbox service. Its record says so. */
#ifndef JCRI_TASK_SANDBOX_H
#define JCRI_TASK_SANDBOX_H

#include "task.h"

/* Creates and starts it as the file says that --sandbox-request names; its process, or the shim's
 * where it has none, goes into the record. */
bool sandbox_start(struct task *task, struct refusal *refusal);
/* As task_state; limit in ms. */
int sandbox_state(struct task *task, struct task_state *state, int64_t limit,
                  struct refusal *refusal);
/* Waits for its end; false with a refusal when the shim does not tell of one, or is gone. */
bool sandbox_wait(struct task *task, int *exit_status, struct refusal *refusal);
/* Ends it; a shim that ends at once with it, without an answer, has done so. RPC_OK, or a code. */
int sandbox_stop(struct task *task, struct refusal *refusal);
/* Asks the shim to end; false when it does not answer. */
bool sandbox_shut_down(struct task *task);

/* Whether the shim's answer to Platform is one that containers can be made for here. */
bool sandbox_platform_fits(struct view answer, struct refusal *refusal);
/* Whether an answer to SandboxStatus is of one that has ended. */
bool sandbox_ended(struct view answer);

#endif
