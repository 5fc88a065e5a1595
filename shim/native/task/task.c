#include "task.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "event.h"

bool task_find(struct task *task, const struct arguments *arguments, struct refusal *refusal) {
  *task = (struct task){.arguments = arguments, .rpc = RPC_NONE};
  const char *id = arguments->word_count > 1 ? arguments->words[1] : "";
  if (!arguments_id_valid(id)) return refuse(refusal, "bad container id \"%s\"", id);
  return record_read(arguments->root, id, &task->record) ||
         refuse(refusal, "container %s: container does not exist", id);
}

bool task_connect(struct task *task, struct refusal *refusal) {
  rpc_close(&task->rpc);
  if (task->record.address[0] == '\0')
    return refuse(refusal, "the shim of %s has not told its address", task->record.id);
  return rpc_connect(&task->rpc, task->record.address, task->arguments->name_space, refusal);
}

bool task_open(struct task *task, const struct arguments *arguments, struct refusal *refusal) {
  return task_find(task, arguments, refusal) && task_connect(task, refusal);
}

static bool send_call(struct task *task, const char *method, const struct proto *request,
                      struct refusal *refusal) {
  const char *service =
      task->record.version >= 3 ? "containerd.task.v3.Task" : "containerd.task.v2.Task";
  return rpc_send(&task->rpc, service, method, request, refusal);
}

int task_call(struct task *task, const char *method, const struct proto *request, int64_t limit,
              struct reply *reply, struct refusal *refusal) {
  if (!send_call(task, method, request, refusal)) return RPC_BROKEN;
  return rpc_receive(&task->rpc, limit, reply, refusal);
}

int task_simple(struct task *task, const char *method, const char *exec_id,
                struct refusal *refusal) {
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  proto_text(&request, 1, task->record.id);
  proto_text(&request, 2, exec_id);
  return task_call(task, method, &request, ANSWER_MILLIS, &reply, refusal);
}

bool task_wait(struct task *task, const char *exec_id, struct refusal *refusal) {
  struct proto request PROTO = {0};
  proto_text(&request, 1, task->record.id);
  proto_text(&request, 2, exec_id);
  return send_call(task, "Wait", &request, refusal);
}

bool task_waited(struct task *task, int64_t limit, int *exit_status, struct refusal *refusal) {
  struct reply reply REPLY = {0};
  if (rpc_receive(&task->rpc, limit, &reply, refusal) != RPC_OK) return false;
  *exit_status = (int)(proto_find_number(reply.payload, 1) & 0xffffffff);
  return true;
}

bool task_start(struct task *task, const char *exec_id, int64_t *pid, struct refusal *refusal) {
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  proto_text(&request, 1, task->record.id);
  proto_text(&request, 2, exec_id);
  /* A hook may take as long as it likes: whoever called us has a limit. */
  if (task_call(task, "Start", &request, FOREVER, &reply, refusal) != RPC_OK) return false;
  *pid = (int64_t)(proto_find_number(reply.payload, 1) & 0xffffffff);
  return true;
}

/* Whoever hears of the end then waits for no news of an OOM. */
static void keep_kill(const struct task *task) {
  struct event event = {.kind = EVENT_KILL};
  memcpy(event.id, task->record.id, sizeof event.id);
  event_keep(task->arguments->root, task->record.sandbox, &event);
}

int task_kill(struct task *task, const char *exec_id, int signal, bool all,
              struct refusal *refusal) {
  if (signal == SIGKILL && exec_id == NULL) keep_kill(task);
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  proto_text(&request, 1, task->record.id);
  proto_text(&request, 2, exec_id);
  proto_number(&request, 3, (uint64_t)signal);
  proto_number(&request, 4, all);
  return task_call(task, "Kill", &request, ANSWER_MILLIS, &reply, refusal);
}

int task_state(struct task *task, struct task_state *state, int64_t limit,
               struct refusal *refusal) {
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  proto_text(&request, 1, task->record.id);
  int code = task_call(task, "State", &request, limit, &reply, refusal);
  uint64_t status = proto_find_number(reply.payload, 4);
  *state = (struct task_state){.status = status <= PAUSING ? (enum status)status : UNKNOWN,
                               .pid = (int64_t)(proto_find_number(reply.payload, 3) & INT32_MAX)};
  return code;
}

int64_t task_process_start(int64_t pid) {
  char path[48], stat[1024];
  (void)snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
  if (pid <= 0 || read_text(path, stat, sizeof stat) <= 0) return 0;
  /* The name, in brackets, may have anything in it. The start is the 20th field after it. */
  char *at = strrchr(stat, ')');
  /* One that has ended and is not reaped yet is gone for us. */
  if (at != NULL && strncmp(at, ") Z", 3) == 0) return 0;
  for (int field = 0; at != NULL && field < 20; field++) at = strchr(at + 1, ' ');
  if (at == NULL) return 0;
  at[1 + strcspn(at + 1, " ")] = '\0';
  int64_t start;
  return parse_number(at + 1, 1, INT64_MAX, &start) ? start : 0;
}

void task_learn_shim(struct task *task) {
  struct refusal ignored;
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  proto_text(&request, 1, task->record.id);
  if (task_call(task, "Connect", &request, ANSWER_MILLIS, &reply, &ignored) != RPC_OK) return;
  task->record.shim_pid = (int64_t)(proto_find_number(reply.payload, 1) & INT32_MAX);
  task->record.shim_start = task_process_start(task->record.shim_pid);
}

static void append(struct refusal *refusal, const char *text) {
  size_t length = strlen(refusal->text);
  (void)snprintf(refusal->text + length, sizeof refusal->text - length, ": %s", text);
}

void task_explain(struct task *task, struct refusal *refusal) {
  struct task_state state;
  struct refusal ignored;
  int code = task_state(task, &state, ANSWER_MILLIS, &ignored);
  if (code == RPC_NOT_FOUND)
    append(refusal, "container does not exist");
  else if (code == RPC_OK && state.status != RUNNING &&
           strstr(refusal->text, "not running") == NULL)
    append(refusal, "container is not running");
}
