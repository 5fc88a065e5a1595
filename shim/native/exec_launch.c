#include "exec_launch.h"

#include <fcntl.h>
#include <unistd.h>

#include "stdio_pipes.h"
#include "util.h"

enum { OUTPUT_LIMIT = 16 << 20 };

static bool write_process(const char *path, const uint8_t *json, size_t length) {
  int fd CLOSE = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  return fd >= 0 && write_all(fd, json, length);
}

/* Its description and its pipes or terminal. */
static bool prepare(struct exec *exec, const struct frame *request, bool with_stdin,
                    struct stdio_pipes *pipes, struct refusal *refusal) {
  const struct options *options = exec->execs->options;
  const uint8_t *json;
  size_t length;
  if (!wire_find(request, TAG_PROCESS, &json, &length))
    return refuse(refusal, "exec without a process");
  exec->process_path = formatted("%s/exec-%u.json", options->state, exec->id);
  exec->pid_path = formatted("%s/exec-%u.pid", options->state, exec->id);
  exec->number_path = formatted("%s/exec-%u.number", options->state, exec->id);
  if (exec->process_path == NULL || exec->pid_path == NULL || exec->number_path == NULL)
    return refuse_for_memory(refusal);
  if (!write_process(exec->process_path, json, length))
    return refuse(refusal, "cannot write %s: %m", exec->process_path);
  if (exec->io.tty &&
      !console_open(&exec->console, formatted("%s/exec-%u.sock", options->state, exec->id)))
    return refuse(refusal, "cannot listen on %s/exec-%u.sock: %m", options->state, exec->id);
  if (!exec->sync && !exec_stream_prepare(&exec->io, with_stdin))
    return refuse(refusal, "cannot make the pipes of an exec: %m");
  if (!exec->io.tty && !stdio_pipes_make(pipes, with_stdin, options->io_uid, options->io_gid))
    return refuse(refusal, "cannot make the pipes of an exec: %m");
  return true;
}

static bool run_runtime(struct exec *exec, bool limited, const int stdio[3],
                        void (*ended)(struct child *, int), struct refusal *refusal) {
  struct execs *execs = exec->execs;
  char *log_path = formatted("%s/exec-%u.log", execs->options->state, exec->id);
  if (log_path == NULL) return refuse_for_memory(refusal);
  char *option FREE = NULL;
  struct command command;
  command_init(&command, execs->runtime, log_path);
  command_add(&command, "exec", "--detach", "--process", exec->process_path, NULL);
  command_add(&command, "--pid-file", exec->pid_path, NULL);
  if (exec->io.tty) command_add(&command, "--console-socket", exec->console.address.sun_path, NULL);
  /* What has no time limit is killed only when its caller has gone, and then by its tree. */
  if (limited) exec->cgroup = cgroup_for_exec(execs->cgroups, exec->id, &option);
  if (execs->guest->present) command_add(&command, "--internal-pid-file", exec->number_path, NULL);
  if (exec->cgroup != NULL) command_add(&command, "--cgroup", option, NULL);
  command_add(&command, execs->options->id, NULL);
  exec->runtime = runtime_spawn(execs->runtime, &command, log_path, stdio, ended, exec, refusal);
  return exec->runtime != NULL;
}

bool exec_launch(struct exec *exec, const struct frame *request,
                 void (*ended)(struct child *child, int status), struct refusal *refusal) {
  bool with_stdin = wire_find_number(request, TAG_STDIN, 0) != 0 && !exec->sync;
  int64_t timeout = wire_find_number(request, TAG_TIMEOUT_MILLIS, 0);
  struct stdio_pipes pipes = STDIO_PIPES_NONE;
  bool launched = prepare(exec, request, with_stdin, &pipes, refusal) &&
                  run_runtime(exec, timeout > 0, pipes.theirs, ended, refusal);
  stdio_pipes_close_theirs(&pipes);
  if (!launched) {
    stdio_pipes_close_ours(&pipes);
    return false;
  }
  if (exec->sync)
    exec_sync_begin(&exec->io, pipes.ours, wire_find_number(request, TAG_LIMIT, OUTPUT_LIMIT));
  else if (!exec->io.tty)
    exec_stream_begin(&exec->io, pipes.ours);
  if (timeout > 0) timer_arm(exec->execs->loop, &exec->timeout, timeout);
  return true;
}
