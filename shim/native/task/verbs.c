#include "verbs.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "listener.h"
#include "sandbox.h"
#include "shim_binary.h"

enum { SHIM_END_MILLIS = 10, QUOTED = 8192, RESOURCES_BYTES = 1 << 20 };

/* A call that failed on a container says what state that one is in. */
static int outcome(struct task *task, int code, struct refusal *refusal) {
  if (code > RPC_OK) task_explain(task, refusal);
  rpc_close(&task->rpc);
  return code == RPC_OK ? 0 : 1;
}

/* The death of a shim is that of its containers, which nobody could look after any more. */
static bool ended_with_shim(struct task *task, int *status) {
  struct refusal ignored;
  int64_t deadline = now_monotonic_millis() + ANSWER_MILLIS;
  int64_t shim = task->record.shim_start, process = task->record.pid_start;
  if (shim == 0) return false;
  /* What it has open is closed before it is gone. */
  while (task_process_start(task->record.shim_pid) == shim) {
    if (now_monotonic_millis() > deadline) return false;
    poll(NULL, 0, SHIM_END_MILLIS);
  }
  *status = 128 + SIGKILL;
  return shim_delete(task, &ignored) || process == 0 ||
         task_process_start(task->record.pid) != process;
}

int verb_wait(const struct arguments *arguments, struct refusal *refusal) {
  struct task task;
  int status;
  if (!task_find(&task, arguments, refusal)) return 1;
  bool told = task_connect(&task, refusal);
  if (told && task.record.api) {
    told = sandbox_wait(&task, &status, refusal);
  } else if (told) {
    told = task_wait(&task, NULL, refusal);
    if (told) listener_guard(&task);
    told = told && task_waited(&task, FOREVER, &status, refusal);
  }
  if (!told && !ended_with_shim(&task, &status)) return 1;
  bool oom = listener_heard_oom(&task, status, told);
  (void)printf("{\"id\":\"%s\",\"exitStatus\":%d%s}\n", task.record.id, status,
               oom ? ",\"oomKilled\":true" : "");
  return 0;
}

/* It has no first process that could do with a signal as it likes. */
static int stop_sandbox(struct task *task, int signal, struct refusal *refusal) {
  if (signal != SIGKILL && signal != SIGTERM) {
    refuse(refusal, "sandbox %s of a shim can only be ended: signal %d", task->record.id, signal);
    return 1;
  }
  int code = sandbox_stop(task, refusal);
  rpc_close(&task->rpc);
  return code == RPC_OK ? 0 : 1;
}

int verb_kill(const struct arguments *arguments, struct refusal *refusal) {
  struct task task;
  int64_t exec;
  int signal = arguments->word_count > 2 ? arguments_signal(arguments->words[2]) : SIGTERM;
  if (signal == 0) {
    refuse(refusal, "unknown signal %s", arguments->words[2]);
    return 1;
  }
  if (arguments->pid != NULL && !parse_number(arguments->pid, 1, INT32_MAX, &exec)) {
    refuse(refusal, "bad number of an exec: %s", arguments->pid);
    return 1;
  }
  if (!task_open(&task, arguments, refusal)) return 1;
  if (task.record.api) return stop_sandbox(&task, signal, refusal);
  int code = task_kill(&task, arguments->pid, signal, arguments->all, refusal);
  return outcome(&task, code, refusal);
}

int verb_state(const struct arguments *arguments, struct refusal *refusal) {
  static const char *const NAMES[] = {
      [UNKNOWN] = "stopped", [CREATED] = "created", [RUNNING] = "running",
      [STOPPED] = "stopped", [PAUSED] = "paused",   [PAUSING] = "paused",
  };
  struct task task;
  struct task_state state;
  if (!task_open(&task, arguments, refusal)) return 1;
  int code = task.record.api ? sandbox_state(&task, &state, ANSWER_MILLIS, refusal)
                             : task_state(&task, &state, ANSWER_MILLIS, refusal);
  if (code != RPC_OK) return outcome(&task, code, refusal);
  char bundle[QUOTED];
  bool alive = state.status != STOPPED && state.status != UNKNOWN;
  (void)printf(
      "{\"ociVersion\":\"1.0.2\",\"id\":\"%s\",\"status\":\"%s\",\"pid\":%lld,\"bundle\":%s}\n",
      task.record.id, NAMES[state.status], alive ? (long long)state.pid : 0,
      json_quoted(task.record.bundle, bundle, sizeof bundle));
  return 0;
}

static int simple(const struct arguments *arguments, const char *method, struct refusal *refusal) {
  struct task task;
  if (!task_open(&task, arguments, refusal)) return 1;
  return outcome(&task, task_simple(&task, method, NULL, refusal), refusal);
}

int verb_pause(const struct arguments *arguments, struct refusal *refusal) {
  return simple(arguments, "Pause", refusal);
}

int verb_resume(const struct arguments *arguments, struct refusal *refusal) {
  struct task task;
  struct task_state state;
  if (!task_open(&task, arguments, refusal)) return 1;
  int code = task_state(&task, &state, ANSWER_MILLIS, refusal);
  if (code == RPC_OK && state.status == RUNNING) {
    refuse(refusal, "cannot resume container %s: container not paused", task.record.id);
    return 1;
  }
  if (code == RPC_OK) code = task_simple(&task, "Resume", NULL, refusal);
  return outcome(&task, code, refusal);
}

int verb_ps(const struct arguments *arguments, struct refusal *refusal) {
  struct task task;
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  if (!task_open(&task, arguments, refusal)) return 1;
  proto_text(&request, 1, task.record.id);
  int code = task_call(&task, "Pids", &request, ANSWER_MILLIS, &reply, refusal);
  if (code != RPC_OK) return outcome(&task, code, refusal);
  const char *before = "[";
  struct view message = reply.payload;
  for (struct proto_field field; proto_next(&message, &field);) {
    if (field.number != 1 || field.block.data == NULL) continue;
    (void)printf("%s%u", before, (unsigned)proto_find_number(field.block, 1));
    before = ",";
  }
  (void)printf("%s]\n", before[0] == '[' ? "[" : "");
  return 0;
}

/* Standard input for "-", as runc has it. */
static char *read_resources(const char *path, size_t *length, struct refusal *refusal) {
  char *json = new_zeroed(RESOURCES_BYTES);
  const char *from = path == NULL || strcmp(path, "-") == 0 ? "/proc/self/fd/0" : path;
  ssize_t got = json == NULL ? -1 : read_text(from, json, RESOURCES_BYTES);
  if (got > 0) {
    *length = (size_t)got;
    return json;
  }
  free(json);
  refuse(refusal, "cannot read the resources: %m");
  return NULL;
}

int verb_update(const struct arguments *arguments, struct refusal *refusal) {
  struct task task;
  struct proto request PROTO = {0}, any PROTO = {0};
  struct reply reply REPLY = {0};
  size_t length;
  char *json FREE = read_resources(arguments->resources, &length, refusal);
  if (json == NULL || !task_open(&task, arguments, refusal)) return 1;
  proto_text(&any, 1, "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources");
  proto_block(&any, 2, json, length);
  proto_text(&request, 1, task.record.id);
  proto_message(&request, 2, &any);
  int code = task_call(&task, "Update", &request, ANSWER_MILLIS, &reply, refusal);
  return outcome(&task, code, refusal);
}

int verb_checkpoint(const struct arguments *arguments, struct refusal *refusal) {
  struct task task;
  struct proto request PROTO = {0}, options PROTO = {0};
  struct reply reply REPLY = {0};
  if (arguments->image_path == NULL) {
    refuse(refusal, "checkpoint wants --image-path");
    return 1;
  }
  if (!task_open(&task, arguments, refusal)) return 1;
  proto_text(&request, 1, task.record.id);
  proto_text(&request, 2, arguments->image_path);
  if (shim_is_runc(arguments->shim)) {
    proto_number(&options, 1, !arguments->leave_running);
    proto_number(&options, 5, arguments->file_locks);
    proto_text(&options, 8, arguments->image_path);
    proto_text(&options, 9, arguments->work_path);
    proto_any(&request, 3, "containerd.runc.v1.CheckpointOptions", &options);
  }
  /* It takes as long as there is memory to write: our caller has a limit. */
  int code = task_call(&task, "Checkpoint", &request, FOREVER, &reply, refusal);
  return outcome(&task, code, refusal);
}

struct listing {
  const char *root;
};

static void print_id(const char *id, void *owner) {
  const struct listing *listing = owner;
  struct record record;
  if (record_read(listing->root, id, &record) && !record.removed) (void)printf("%s\n", id);
}

int verb_list(const struct arguments *arguments, struct refusal *refusal) {
  if (!arguments->quiet) {
    refuse(refusal, "list is only done with --quiet");
    return 1;
  }
  struct listing listing = {arguments->root};
  record_each(arguments->root, print_id, &listing);
  return 0;
}
