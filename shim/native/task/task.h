/* One container of a shim: where it is, and the calls of the shim's Task service. */
#ifndef JCRI_TASK_TASK_H
#define JCRI_TASK_TASK_H

#include "arguments.h"
#include "record.h"
#include "rpc.h"

enum { ANSWER_MILLIS = 10000, FOREVER = -1 };

/* As the API numbers them. */
enum status { UNKNOWN, CREATED, RUNNING, STOPPED, PAUSED, PAUSING };

struct task {
  const struct arguments *arguments;
  struct record record;
  struct rpc rpc;
};

struct task_state {
  enum status status;
  int64_t pid;
};

/* Finds the container that the command line names, and no shim yet. */
bool task_find(struct task *task, const struct arguments *arguments, struct refusal *refusal);
bool task_connect(struct task *task, struct refusal *refusal);
/* Both. */
bool task_open(struct task *task, const struct arguments *arguments, struct refusal *refusal);

/* One call; limit in ms or FOREVER. RPC_OK, or a code with the shim's words. */
int task_call(struct task *task, const char *method, const struct proto *request, int64_t limit,
              struct reply *reply, struct refusal *refusal);
/* The same for calls that name the container, perhaps an exec (else NULL), and return nothing. */
int task_simple(struct task *task, const char *method, const char *exec_id,
                struct refusal *refusal);
/* Sends Wait, whose answer task_waited reads. */
bool task_wait(struct task *task, const char *exec_id, struct refusal *refusal);
bool task_waited(struct task *task, int64_t limit, int *exit_status, struct refusal *refusal);
bool task_start(struct task *task, const char *exec_id, int64_t *pid, struct refusal *refusal);
int task_kill(struct task *task, const char *exec_id, int signal, bool all,
              struct refusal *refusal);
int task_state(struct task *task, struct task_state *state, int64_t limit, struct refusal *refusal);
/* Learns the shim's own pid and when it started, for the record. */
void task_learn_shim(struct task *task);

/* Adds to a refusal what an OCI runtime would have said of the container's state. */
void task_explain(struct task *task, struct refusal *refusal);

/* When a process started, in /proc's ticks; 0 when there is none. */
int64_t task_process_start(int64_t pid);

#endif
