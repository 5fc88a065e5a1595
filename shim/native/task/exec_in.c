#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "detach.h"
#include "relay_task.h"
#include "verbs.h"

enum { PROCESS_BYTES = 1 << 20, LOST = 255 };

struct exec_in {
  struct task task;
  struct streams streams;
  char exec_id[24];
};

static char *read_process(const char *path, size_t *length, struct refusal *refusal) {
  char *json = new_zeroed(PROCESS_BYTES);
  ssize_t got = json == NULL ? -1 : read_text(path, json, PROCESS_BYTES);
  if (got > 0) {
    *length = (size_t)got;
    return json;
  }
  free(json);
  refuse(refusal, "cannot read the process %s: %m", path);
  return NULL;
}

/* RPC_OK, or a code with a refusal. */
static int add(struct exec_in *exec, struct refusal *refusal) {
  struct proto request PROTO = {0}, any PROTO = {0};
  struct reply reply REPLY = {0};
  size_t length;
  char *json FREE = read_process(exec->task.arguments->process, &length, refusal);
  if (json == NULL) return RPC_BROKEN;
  proto_text(&any, 1, "types.containerd.io/opencontainers/runtime-spec/1/Process");
  proto_block(&any, 2, json, length);
  proto_text(&request, 1, exec->task.record.id);
  proto_text(&request, 2, exec->exec_id);
  proto_number(&request, 3, exec->streams.terminal);
  proto_text(&request, 4, exec->streams.in);
  proto_text(&request, 5, exec->streams.out);
  proto_text(&request, 6, exec->streams.err);
  proto_message(&request, 7, &any);
  return task_call(&exec->task, "Exec", &request, FOREVER, &reply, refusal);
}

static bool tell_pids(const struct exec_in *exec, struct refusal *refusal) {
  const struct arguments *arguments = exec->task.arguments;
  pid_t self = getpid();
  return (arguments->internal_pid_file == NULL ||
          write_pid_file(arguments->internal_pid_file, self, refusal)) &&
         (arguments->pid_file == NULL || write_pid_file(arguments->pid_file, self, refusal));
}

static void discard(struct exec_in *exec) {
  struct refusal ignored;
  (void)task_simple(&exec->task, "Delete", exec->exec_id, &ignored);
}

static bool begin(void *owner, struct refusal *refusal) {
  struct exec_in *exec = owner;
  struct task *task = &exec->task;
  int64_t pid;
  /* This process lives as long as the exec, so no other one of the container has its number. */
  (void)snprintf(exec->exec_id, sizeof exec->exec_id, "%d", (int)getpid());
  if (!task_open(task, task->arguments, refusal) ||
      !streams_prepare(&exec->streams, task->arguments->console_socket, refusal))
    return false;
  int code = add(exec, refusal);
  if (code == RPC_ALREADY_EXISTS) {
    /* Of one whose process here was killed before it could remove it: that number was free again.
     */
    discard(exec);
    code = add(exec, refusal);
  }
  if (code != RPC_OK) {
    if (code > RPC_OK) task_explain(task, refusal);
    return false;
  }
  if (!task_start(task, exec->exec_id, &pid, refusal)) {
    discard(exec);
    task_explain(task, refusal);
    return false;
  }
  if (tell_pids(exec, refusal) && task_wait(task, exec->exec_id, refusal)) return true;
  struct refusal ignored;
  (void)task_kill(task, exec->exec_id, SIGKILL, false, &ignored);
  discard(exec);
  return false;
}

static int stay(void *owner) {
  struct exec_in *exec = owner;
  struct refusal ignored;
  int status = LOST;
  streams_hand_over(&exec->streams);
  if (!relay_task(&exec->task, exec->exec_id, &exec->streams, &status, &ignored)) return LOST;
  /* This waits for the shim to have passed on the output: whoever sees us end may read it all. */
  discard(exec);
  return status & 0xff;
}

int verb_exec(const struct arguments *arguments, struct refusal *refusal) {
  struct exec_in exec = {.task = {.arguments = arguments, .rpc = RPC_NONE},
                         .streams = STREAMS_NONE};
  if (arguments->process == NULL) {
    refuse(refusal, "exec wants --process");
    return 1;
  }
  const struct detached detached = {begin, stay, &exec};
  pid_t pid = detach(&detached, refusal);
  if (pid < 0) return 1;
  if (arguments->detach) return 0;
  int status;
  refuse(refusal, "%s", "");
  return waitpid(pid, &status, 0) == pid ? exit_code_of(status) : LOST;
}
