#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "listener.h"
#include "sandbox.h"
#include "shim_binary.h"
#include "verbs.h"

/* A shim that is stuck in a start does not answer at all. Whoever deletes has a limit, too. */
enum { SILENCE_MILLIS = 3000, END_MILLIS = 10000, GONE_MILLIS = 5000 };

static bool own_shim(const struct task *task) {
  return strcmp(task->record.id, task->record.sandbox) == 0;
}

/* What became of a container in its shim. */
enum outcome {
  REMOVED,
  STRANGE, /* the shim does not know it, or not any more: a start may have been broken off */
  STUCK,   /* the shim is dead, deaf or cannot */
};

/* A shim that still has other containers answers and stays. */
static bool shut_down(struct task *task) {
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  struct refusal ignored;
  proto_text(&request, 1, task->record.id);
  /* A shim that has sandboxes may take this for its end only, or Shutdown only. */
  if (!task->record.api || sandbox_shut_down(task))
    (void)task_call(task, "Shutdown", &request, ANSWER_MILLIS, &reply, &ignored);
  int64_t deadline = now_monotonic_millis() + GONE_MILLIS;
  for (int64_t left; (left = deadline - now_monotonic_millis()) > 0;) {
    /* Go closes what it serves as its last act, and the process is gone a moment later. */
    struct pollfd end = {.fd = task->rpc.fd, .events = POLLIN};
    char byte;
    int count = poll(&end, 1, (int)left);
    if (count > 0 && read(task->rpc.fd, &byte, sizeof byte) <= 0) break;
    if (count < 0 && errno != EINTR) break;
  }
  int64_t start = task->record.shim_start;
  while (start != 0 && task_process_start(task->record.shim_pid) == start &&
         now_monotonic_millis() < deadline)
    poll(NULL, 0, 5);
  return start != 0 && task_process_start(task->record.shim_pid) != start;
}

static void stop_shim(struct task *first) {
  struct refusal ignored;
  bool answers = first->rpc.fd >= 0 || task_connect(first, &ignored);
  if (answers && first->record.shim_start == 0) task_learn_shim(first);
  bool gone = answers && shut_down(first);
  rpc_close(&first->rpc);
  if (!gone) shim_end(first);
}

/* Kills what runs and waits for its end. */
static bool end_processes(struct task *task, enum status status, struct refusal *refusal) {
  int ignored_status;
  struct refusal ignored;
  (void)task_kill(task, NULL, SIGKILL, true, refusal);
  /* Frozen processes of cgroup v1 do not even die. */
  if (status == PAUSED || status == PAUSING) (void)task_simple(task, "Resume", NULL, &ignored);
  return task_wait(task, NULL, refusal) && task_waited(task, END_MILLIS, &ignored_status, refusal);
}

/* Its end is that of its shim too, and of all that the shim still has. */
static enum outcome remove_sandbox(struct task *task, struct refusal *refusal) {
  struct task_state state;
  struct refusal ignored;
  int code = sandbox_stop(task, refusal);
  bool stopped = code == RPC_OK;
  /* One that has ended before may say so instead. */
  if (code > RPC_OK)
    stopped =
        sandbox_state(task, &state, SILENCE_MILLIS, &ignored) == RPC_OK && state.status == STOPPED;
  /* Whoever deletes would not wait for more answers that do not come. */
  if (code == RPC_LATE)
    shim_end(task);
  else
    stop_shim(task);
  return stopped ? REMOVED : STUCK;
}

static enum outcome remove_task(struct task *task, struct refusal *refusal) {
  struct task_state state;
  if (!task_connect(task, refusal)) return STUCK;
  if (task->record.api) return remove_sandbox(task, refusal);
  int code = task_state(task, &state, SILENCE_MILLIS, refusal);
  if (code == RPC_OK && state.status != STOPPED && !end_processes(task, state.status, refusal))
    return STUCK;
  if (code == RPC_OK) code = task_simple(task, "Delete", NULL, refusal);
  if (code == RPC_OK) return REMOVED;
  return code == RPC_NOT_FOUND ? STRANGE : STUCK;
}

/* What shims have written into the bundle beside what is theirs to remove. */
static void clean_bundle(const struct record *record) {
  static const char *const FILES[] = {"log", "address", "shim.pid"};
  for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
    char *path FREE = formatted("%s/%s", record->bundle, FILES[i]);
    if (path != NULL) unlink(path);
  }
}

/* The program's own removal of a container whose shim is of no use any more. It fails, too, when it
 * finds nothing to remove; what counts is that nothing runs. */
static bool remove_rest(const struct task *task, struct refusal *refusal) {
  const struct record *record = &task->record;
  if (shim_delete(task, refusal)) return true;
  return record->pid_start == 0 || task_process_start(record->pid) != record->pid_start;
}

/* Ends the shim whose last container is gone, and removes what it was started with. */
static void end_shim(struct task *first) {
  stop_shim(first);
  listener_end(first->arguments->root, first->record.id);
  shim_remove_socket(&first->record);
  clean_bundle(&first->record);
  record_remove(first->arguments->root, first->record.id);
}

/* The container is gone. The shim stays until the last of its containers is, and with it the record
 * of the first, which it was started for. */
static bool leave_shim(struct task *task, bool shared, struct refusal *refusal) {
  const char *root = task->arguments->root;
  if (!own_shim(task)) {
    struct task first = {.arguments = task->arguments, .rpc = RPC_NONE};
    record_remove(root, task->record.id);
    if (!shared && record_read(root, task->record.sandbox, &first.record) && first.record.removed)
      end_shim(&first);
  } else if (shared) {
    task->record.removed = 1;
    return record_write(root, &task->record, refusal);
  } else {
    end_shim(task);
  }
  return true;
}

bool container_destroy(struct task *task, struct refusal *refusal) {
  const struct record *record = &task->record;
  enum outcome outcome = record->removed ? REMOVED : remove_task(task, refusal);
  if (outcome == STUCK) rpc_close(&task->rpc);
  int lock CLOSE = record_lock(task->arguments->root, record->sandbox);
  bool shared = record_shared(task->arguments->root, record->sandbox, record->id);
  /* Its program removes what it has left when it cannot interfere any more; a shim that others need
   * is not ended for that, unless it is their sandbox. */
  if (outcome != REMOVED && own_shim(task) && (!shared || record->api)) stop_shim(task);
  bool removed = outcome == REMOVED || remove_rest(task, refusal);
  removed = removed && leave_shim(task, shared, refusal);
  rpc_close(&task->rpc);
  return removed;
}

int verb_delete(const struct arguments *arguments, struct refusal *refusal) {
  struct task task;
  struct task_state state;
  if (!task_find(&task, arguments, refusal)) return arguments->force ? 0 : 1;
  if (!arguments->force) {
    int code = RPC_BROKEN;
    if (task_connect(&task, refusal))
      code = task.record.api ? sandbox_state(&task, &state, ANSWER_MILLIS, refusal)
                             : task_state(&task, &state, ANSWER_MILLIS, refusal);
    if (code != RPC_OK && code != RPC_NOT_FOUND) return 1;
    if (code == RPC_OK && state.status != STOPPED) {
      refuse(refusal, "cannot delete container %s: it is not stopped", task.record.id);
      return 1;
    }
  }
  return container_destroy(&task, refusal) ? 0 : 1;
}
