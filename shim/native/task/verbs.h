/* The verbs of an OCI runtime, each on one container. */
#ifndef JCRI_TASK_VERBS_H
#define JCRI_TASK_VERBS_H

#include "task.h"

/* Each gives jcri-task's exit status; one that is not 0 comes with a refusal, unless it is a
 * process's own. */
int verb_run(const struct arguments *arguments, struct refusal *refusal);
int verb_exec(const struct arguments *arguments, struct refusal *refusal);
int verb_delete(const struct arguments *arguments, struct refusal *refusal);
int verb_wait(const struct arguments *arguments, struct refusal *refusal);
int verb_kill(const struct arguments *arguments, struct refusal *refusal);
int verb_state(const struct arguments *arguments, struct refusal *refusal);
int verb_pause(const struct arguments *arguments, struct refusal *refusal);
int verb_resume(const struct arguments *arguments, struct refusal *refusal);
int verb_ps(const struct arguments *arguments, struct refusal *refusal);
int verb_update(const struct arguments *arguments, struct refusal *refusal);
int verb_checkpoint(const struct arguments *arguments, struct refusal *refusal);
int verb_events(const struct arguments *arguments, struct refusal *refusal);
int verb_list(const struct arguments *arguments, struct refusal *refusal);
/* What shims of before 2019, and some of today, run to publish an event: passes it on. */
int verb_publish(const struct arguments *arguments, struct refusal *refusal);

/* Ends what still runs and removes the container, its shim if it is the one that it was started
 * for, and the record. False with a refusal of what could not be removed. */
bool container_destroy(struct task *task, struct refusal *refusal);

#endif
