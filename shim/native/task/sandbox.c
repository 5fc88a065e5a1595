#include "sandbox.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* How long a sandbox may take to stop by itself; within what whoever deletes allows. */
enum { STOP_SECONDS = 5, STOP_MILLIS = 8000, STATUS_MAX = 255 };

static int call(struct task *task, const char *method, const struct proto *request, int64_t limit,
                struct reply *reply, struct refusal *refusal) {
  if (!rpc_send(&task->rpc, "containerd.runtime.sandbox.v1.Sandbox", method, request, refusal))
    return RPC_BROKEN;
  return rpc_receive(&task->rpc, limit, reply, refusal);
}

/* A call that says nothing but which sandbox it is for. */
static int ask(struct task *task, const char *method, int64_t limit, struct reply *reply,
               struct refusal *refusal) {
  struct proto request PROTO = {0};
  proto_text(&request, 1, task->record.id);
  return call(task, method, &request, limit, reply, refusal);
}

/* The daemon has written what it knows, in the form of the request; ours is the rest. */
static bool create(struct task *task, struct refusal *refusal) {
  const char *path = task->arguments->sandbox_request;
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  char *known FREE = new_zeroed(RPC_BYTES_MAX);
  if (known == NULL) return refuse_for_memory(refusal);
  ssize_t length = read_text(path, known, RPC_BYTES_MAX);
  if (length < 0 || length == RPC_BYTES_MAX - 1)
    return refuse(refusal, "cannot read the request of a sandbox, %s: %s", path,
                  strerror(length < 0 ? errno : EFBIG));
  proto_text(&request, 1, task->record.id);
  proto_text(&request, 2, task->record.bundle);
  proto_append(&request, known, (size_t)length);
  int code = call(task, "CreateSandbox", &request, FOREVER, &reply, refusal);
  if (code != RPC_UNIMPLEMENTED) return code == RPC_OK;
  const struct refusal words = *refusal;
  return refuse(refusal, "the shim %s has no sandbox API: it answers CreateSandbox with \"%.200s\"",
                task->arguments->shim, words.text);
}

/* As Go names them, which is how shims tell them. */
static const char *architecture(void) {
  static const struct {
    const char *kernel, *go;
  } NAMES[] = {{"x86_64", "amd64"}, {"aarch64", "arm64"}};
  static struct utsname host;
  if (uname(&host) != 0) return "";
  for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
    if (strcmp(host.machine, NAMES[i].kernel) == 0) return NAMES[i].go;
  return host.machine;
}

bool sandbox_platform_fits(struct view answer, struct refusal *refusal) {
  char os[32], machine[32];
  struct view platform = proto_find_block(answer, 1);
  proto_copy_text(proto_find_block(platform, 1), os, sizeof os);
  proto_copy_text(proto_find_block(platform, 2), machine, sizeof machine);
  /* What is not told is the host's. */
  if ((os[0] == '\0' || strcmp(os, "linux") == 0) &&
      (machine[0] == '\0' || strcmp(machine, architecture()) == 0))
    return true;
  return refuse(refusal, "the shim's sandbox runs containers of %s/%s, and this host has linux/%s",
                os, machine, architecture());
}

bool sandbox_start(struct task *task, struct refusal *refusal) {
  struct record *record = &task->record;
  struct reply started REPLY = {0}, platform REPLY = {0};
  if (!create(task, refusal)) return false;
  if (ask(task, "StartSandbox", FOREVER, &started, refusal) != RPC_OK) return false;
  record->pid = (int64_t)(proto_find_number(started.payload, 1) & INT32_MAX);
  if (record->pid == 0) record->pid = record->shim_pid;
  if (record->pid == 0)
    return refuse(refusal, "neither the sandbox nor its shim tell a process by which to see them");
  return ask(task, "Platform", ANSWER_MILLIS, &platform, refusal) == RPC_OK &&
         sandbox_platform_fits(platform.payload, refusal);
}

bool sandbox_ended(struct view answer) {
  static const char NOT_READY[] = "SANDBOX_NOTREADY";
  struct view state = proto_find_block(answer, 3);
  return proto_find_block(answer, 6).data != NULL ||
         (state.length == sizeof NOT_READY - 1 && memcmp(state.data, NOT_READY, state.length) == 0);
}

int sandbox_state(struct task *task, struct task_state *state, int64_t limit,
                  struct refusal *refusal) {
  struct reply reply REPLY = {0};
  int code = ask(task, "SandboxStatus", limit, &reply, refusal);
  int64_t pid = (int64_t)(proto_find_number(reply.payload, 2) & INT32_MAX);
  *state = (struct task_state){.status = sandbox_ended(reply.payload) ? STOPPED : RUNNING,
                               .pid = pid != 0 ? pid : task->record.pid};
  return code;
}

static void await_shims_end(const struct rpc *rpc) {
  for (char byte;;) {
    ssize_t got = read(rpc->fd, &byte, 1);
    if (got == 0 || (got < 0 && errno != EINTR)) return;
  }
}

bool sandbox_wait(struct task *task, int *exit_status, struct refusal *refusal) {
  struct reply reply REPLY = {0};
  struct task_state state;
  int code = ask(task, "WaitSandbox", FOREVER, &reply, refusal);
  if (code != RPC_OK) return false;
  uint64_t status = proto_find_number(reply.payload, 1) & UINT32_MAX;
  *exit_status = status > STATUS_MAX ? STATUS_MAX : (int)status;
  if (proto_find_block(reply.payload, 2).data != NULL) return true;
  /* containerd's shim for runc answers at once, whatever is with the sandbox: an end without a time
   * is none, and that one's sandbox ends with the shim. */
  code = sandbox_state(task, &state, ANSWER_MILLIS, refusal);
  if (code == RPC_OK && state.status == STOPPED) return true;
  if (code == RPC_OK) {
    await_shims_end(&task->rpc);
    refuse(refusal, "the shim is gone");
  }
  return false;
}

int sandbox_stop(struct task *task, struct refusal *refusal) {
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  proto_text(&request, 1, task->record.id);
  proto_number(&request, 2, STOP_SECONDS);
  int code = call(task, "StopSandbox", &request, STOP_MILLIS, &reply, refusal);
  return code == RPC_BROKEN || code == RPC_NOT_FOUND ? RPC_OK : code;
}

bool sandbox_shut_down(struct task *task) {
  struct reply reply REPLY = {0};
  struct refusal ignored;
  return ask(task, "ShutdownSandbox", ANSWER_MILLIS, &reply, &ignored) != RPC_LATE;
}
