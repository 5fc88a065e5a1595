/* What stays behind of run and exec: copies between the caller and the shim what the shim cannot
 * take itself, and waits for the end of the process. */
#ifndef JCRI_TASK_RELAY_TASK_H
#define JCRI_TASK_RELAY_TASK_H

#include "streams.h"
#include "task.h"

/* Runs until the process has ended and its output is through; Wait has been sent already. False
 * with a refusal when the shim is gone first. */
bool relay_task(struct task *task, const char *exec_id, struct streams *streams, int *exit_status,
                struct refusal *refusal);

#endif
