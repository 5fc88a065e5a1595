#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detach.h"
#include "relay_task.h"
#include "sandbox.h"
#include "shim_binary.h"
#include "verbs.h"

struct run {
  struct task task;
  struct streams streams;
};

/* The shim of the pod's own container is started for it; the pod's other containers run in that. */
static bool find_shim(struct run *run, struct refusal *refusal) {
  struct record *record = &run->task.record, sandbox;
  const char *root = run->task.arguments->root;
  if (strcmp(record->sandbox, record->id) == 0) return shim_start(&run->task, refusal);
  if (!record_read(root, record->sandbox, &sandbox) || sandbox.address[0] == '\0')
    return refuse(refusal, "sandbox %s of container %s has no shim", record->sandbox, record->id);
  memcpy(record->address, sandbox.address, sizeof record->address);
  record->version = sandbox.version;
  return true;
}

static bool create(struct run *run, struct refusal *refusal) {
  const struct record *record = &run->task.record;
  struct proto request PROTO = {0}, options PROTO = {0};
  struct reply reply REPLY = {0};
  proto_text(&request, 1, record->id);
  proto_text(&request, 2, record->bundle);
  proto_number(&request, 4, run->streams.terminal);
  proto_text(&request, 5, run->streams.in);
  proto_text(&request, 6, run->streams.out);
  proto_text(&request, 7, run->streams.err);
  shim_options(run->task.arguments, &options);
  if (options.length > 0) proto_message(&request, 10, &options);
  return task_call(&run->task, "Create", &request, FOREVER, &reply, refusal) == RPC_OK;
}

static bool launch(struct run *run, struct refusal *refusal) {
  struct task *task = &run->task;
  const struct arguments *arguments = task->arguments;
  /* At each point the record names what a kill at that point would leave. */
  if (!find_shim(run, refusal) || !record_write(arguments->root, &task->record, refusal) ||
      !task_connect(task, refusal))
    return false;
  if (task->record.api) {
    shim_learn(task);
    return sandbox_start(task, refusal);
  }
  return streams_prepare(&run->streams, arguments->console_socket, refusal) &&
         create(run, refusal) && task_start(task, NULL, &task->record.pid, refusal);
}

static void learn(struct task *task) {
  task->record.pid_start = task_process_start(task->record.pid);
  if (!task->record.api) task_learn_shim(task);
}

static bool begin(void *owner, struct refusal *refusal) {
  struct run *run = owner;
  struct task *task = &run->task;
  const struct arguments *arguments = task->arguments;
  if (!record_make(arguments->root, &task->record, refusal)) return false;
  bool done = launch(run, refusal);
  if (done) learn(task);
  done = done && record_write(arguments->root, &task->record, refusal) &&
         write_pid_file(arguments->pid_file, task->record.pid, refusal) &&
         (run->streams.from < 0 || task_wait(task, NULL, refusal));
  if (!done) {
    struct refusal ignored;
    streams_close(&run->streams);
    container_destroy(task, &ignored);
  }
  return done;
}

static int stay(void *owner) {
  struct run *run = owner;
  struct refusal ignored;
  int status = 0;
  streams_hand_over(&run->streams);
  relay_task(&run->task, NULL, &run->streams, &status, &ignored);
  return 0;
}

static bool fill(struct record *record, const struct arguments *arguments,
                 struct refusal *refusal) {
  const char *id = arguments->words[1];
  const char *sandbox = arguments->sandbox == NULL ? id : arguments->sandbox;
  const char *bundle = arguments->bundle;
  if (id == NULL || !arguments_id_valid(id) || !arguments_id_valid(sandbox))
    return refuse(refusal, "run without a valid container id");
  if (!arguments->detach || arguments->pid_file == NULL)
    return refuse(refusal, "run is only done with --detach and --pid-file");
  if (bundle == NULL || bundle[0] != '/' || strlen(bundle) >= sizeof record->bundle)
    return refuse(refusal, "run wants --bundle with an absolute path");
  if (arguments->sandbox_request != NULL && strcmp(id, sandbox) != 0)
    return refuse(refusal, "--sandbox-request for %s, which is in the sandbox %s", id, sandbox);
  record->api = arguments->sandbox_request != NULL;
  (void)snprintf(record->id, sizeof record->id, "%s", id);
  (void)snprintf(record->sandbox, sizeof record->sandbox, "%s", sandbox);
  (void)snprintf(record->bundle, sizeof record->bundle, "%s", bundle);
  return true;
}

int verb_run(const struct arguments *arguments, struct refusal *refusal) {
  struct run run = {.task = {.arguments = arguments, .rpc = RPC_NONE}, .streams = STREAMS_NONE};
  if (!fill(&run.task.record, arguments, refusal)) return 1;
  /* Nobody has to stay where the shim has all streams itself. */
  if (run.task.record.api || (arguments->console_socket == NULL && !streams_input()))
    return begin(&run, refusal) ? 0 : 1;
  const struct detached detached = {begin, stay, &run};
  return detach(&detached, refusal) > 0 ? 0 : 1;
}
