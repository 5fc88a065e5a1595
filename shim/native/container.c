#include "container.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attach.h"
#include "cgroup.h"
#include "conn.h"
#include "console.h"
#include "exit_record.h"
#include "oom.h"
#include "output.h"
#include "removal.h"
#include "runtime.h"
#include "stdio_pipes.h"
#include "tree.h"

enum { EAGER_MILLIS = 2000, RECORD_RETRY_MILLIS = 1000, TAIL = 1024 };

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool container_kill_requested(const struct shim *shim) {
  return shim->killed_by_us && shim->signal == SIGKILL;
}

void container_put_exit(const struct shim *shim, struct wire_out *out) {
  wire_number(out, TAG_PID, shim->init);
  wire_number(out, TAG_EXIT_CODE, shim->exit_code);
  wire_number(out, TAG_SIGNAL, shim->signal);
  wire_number(out, TAG_STARTED_AT, shim->started_at);
  wire_number(out, TAG_FINISHED_AT, shim->finished_at);
  wire_number(out, TAG_OOM_KILLED, shim->oom_killed);
  wire_number(out, TAG_KILL_REQUESTED, container_kill_requested(shim));
}

static void answer_starts(struct shim *shim, const char *error) {
  for (struct conn *conn = shim->conns; conn != NULL; conn = conn->next) {
    uint32_t id = conn->start_id;
    conn->start_id = 0;
    if (id == 0 || conn->dead) continue;
    if (error != NULL) {
      conn_reply_error(conn, id, error);
      continue;
    }
    wire_begin(&conn->out, REPLY_OK, id);
    wire_number(&conn->out, TAG_PID, shim->init);
    wire_number(&conn->out, TAG_STARTED_AT, shim->started_at);
    wire_end(&conn->out);
    conn_flush(conn);
  }
}

static void start_failed(struct shim *shim, const char *error) {
  shim->state = STATE_CREATED;
  loop_close(&shim->loop, &shim->input);
  answer_starts(shim, error);
  removal_advance(shim);
}

static bool adopt_terminal(struct shim *shim, struct console *console) {
  int terminal = console_take(console);
  if (terminal < 0) return false;
  output_adopt(shim, &shim->out, terminal);
  if (shim->options.stdin_open) shim->input.fd = fcntl(terminal, F_DUPFD_CLOEXEC, 3);
  return true;
}

/* Why a runtime that reported success did not give us a container we can look after. */
static const char *take_over(struct shim *shim, struct console *console) {
  char *pid_path FREE = formatted("%s/init.pid", shim->options.state);
  shim->init = runtime_read_pid(pid_path);
  if (shim->init < 0) return "the runtime wrote no pid of the container";
  if (shim->options.terminal && !adopt_terminal(shim, console))
    return "the runtime sent no terminal";
  return NULL;
}

static void runtime_started(struct shim *shim, struct child *child, int status) {
  struct console *console = child->owner;
  timer_disarm(&shim->loop, &shim->eager);
  shim->start_child = NULL;
  if (status != 0) {
    char tail[TAIL];
    output_discard(shim, tail, sizeof tail);
    char *error FREE = child_error(shim, child, status, tail);
    start_failed(shim, error);
  } else {
    const char *error = take_over(shim, console);
    if (error == NULL) {
      shim->started_at = now_wall_nanos();
      shim->state = STATE_RUNNING;
      cgroup_learn(shim);
      oom_watch(shim);
      output_begin(shim);
      answer_starts(shim, NULL);
      if (shim->deleting) removal_advance(shim);
    } else {
      if (shim->init > 0) kill(shim->init, SIGKILL);
      output_close(shim);
      start_failed(shim, error);
    }
  }
  console_close(console);
  free(console);
  child_free(child);
}

/* A slow hook of the runtime must not leave the container blocked on a full pipe. */
static void read_early(struct timer *timer) { output_begin(timer->owner); }

static char *launch(struct shim *shim) {
  const struct options *options = &shim->options;
  if (shim->log.fd < 0 &&
      !log_file_open(&shim->log, options->log_directory, options->log, options->log_limit))
    return formatted("cannot open log %s: %m", options->log);
  char *pid_path FREE = formatted("%s/init.pid", options->state);
  char *images FREE = formatted("%s/checkpoint", options->restore == NULL ? "" : options->restore);
  unlink(pid_path);
  struct console *console = new_zeroed(sizeof *console);
  *console = CONSOLE_NONE;
  char *error = NULL;
  struct stdio_pipes pipes = STDIO_PIPES_NONE;
  if (options->terminal) {
    if (!console_open(console, formatted("%s/console.sock", options->state)))
      error = formatted("cannot listen on %s: %m", console->path);
  } else if (!stdio_pipes_make(&pipes, options->stdin_open, options->io_uid, options->io_gid)) {
    error = formatted("cannot make the container's pipes: %m");
  }
  if (error == NULL) {
    char *log_path = formatted("%s/runtime-start.log", options->state);
    struct command command;
    command_init(&command, shim, log_path);
    command_add(&command, options->restore == NULL ? "run" : "restore");
    command_add(&command, "--detach");
    if (options->restore != NULL) {
      /* The images name the pipes that stood here; the runtime puts ours in their place. */
      command_add(&command, "--image-path");
      command_add(&command, images);
      command_add(&command, "--work-path");
      command_add(&command, options->restore);
      command_add(&command, "--file-locks");
      /* All goes into the container's own cgroup, which the runtime makes: what the images say of
       * cgroups could name any. */
      command_add(&command, "--manage-cgroups-mode");
      command_add(&command, "ignore");
    }
    command_add(&command, "--bundle");
    command_add(&command, options->bundle);
    command_add(&command, "--pid-file");
    command_add(&command, pid_path);
    if (options->terminal) {
      command_add(&command, "--console-socket");
      command_add(&command, console->address.sun_path);
    }
    command_add(&command, options->id);
    shim->start_child =
        runtime_spawn(shim, &command, log_path, pipes.theirs, runtime_started, console, &error);
    if (error != NULL) free(log_path);
  }
  stdio_pipes_close_theirs(&pipes);
  if (error != NULL) {
    stdio_pipes_close_ours(&pipes);
    console_close(console);
    free(console);
    return error;
  }
  shim->runtime_knows = true;
  if (!options->terminal) {
    shim->input.fd = pipes.ours[0];
    output_adopt(shim, &shim->out, pipes.ours[1]);
    output_adopt(shim, &shim->err, pipes.ours[2]);
  }
  timer_arm(&shim->loop, &shim->eager, EAGER_MILLIS);
  return NULL;
}

void container_start(struct conn *conn, uint32_t id) {
  struct shim *shim = conn->shim;
  if (shim->deleting || shim->state == STATE_EXITED) {
    conn_reply_error(conn, id,
                     shim->deleting ? "container is being deleted" : "container has already run");
    return;
  }
  conn->start_id = id;
  if (shim->state == STATE_RUNNING) answer_starts(shim, NULL);
  if (shim->state != STATE_CREATED) return;
  shim->state = STATE_STARTING;
  char *error FREE = launch(shim);
  if (error != NULL) start_failed(shim, error);
}

/* One that the kernel has killed for want of memory may take long to end, and is not ours. */
bool container_sigkill(struct shim *shim) {
  bool ours = !tree_dying(shim->init);
  if (kill(shim->init, SIGKILL) != 0) return false;
  if (ours) shim->killed_by_us = true;
  return true;
}

static bool send_signal(struct shim *shim, int signal) {
  return signal == SIGKILL ? container_sigkill(shim) : kill(shim->init, signal) == 0;
}

void container_kill(struct conn *conn, uint32_t id, int signal) {
  struct shim *shim = conn->shim;
  if (shim->state != STATE_RUNNING) {
    conn_reply_error(conn, id, "container is not running");
  } else if (!send_signal(shim, signal)) {
    char *error FREE = formatted("cannot send signal %d to process %d: %m", signal, shim->init);
    conn_reply_error(conn, id, error);
  } else {
    conn_reply_ok(conn, id);
  }
}

static void write_record(struct timer *timer) {
  struct shim *shim = timer->owner;
  shim->recorded = exit_record_write(shim);
  if (!shim->recorded) timer_arm(&shim->loop, &shim->record_retry, RECORD_RETRY_MILLIS);
}

static void tell_watchers(struct shim *shim) {
  for (struct conn *conn = shim->conns; conn != NULL; conn = conn->next) {
    if (!conn->watching || conn->dead) continue;
    wire_begin(&conn->out, EVENT_EXIT, conn->watch_id);
    container_put_exit(shim, &conn->out);
    wire_end(&conn->out);
    conn_flush(conn);
  }
}

/* In this order: the log is whole, the record is on disk, the clients are told, the runtime
 * forgets the container. If we die in between, the daemon finds what had been done. */
void container_ended(struct shim *shim, int status) {
  shim->finished_at = now_wall_nanos();
  shim->exit_code = exit_code_of(status);
  shim->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  shim->oom_killed = oom_happened(shim, shim->signal);
  shim->state = STATE_EXITED;
  output_drain(shim);
  write_record(&shim->record_retry);
  loop_close(&shim->loop, &shim->input);
  attach_end_all(shim);
  tell_watchers(shim);
  removal_begin(shim);
}

void container_init(struct shim *shim) {
  shim->input = (struct watch){.fd = -1, .owner = shim};
  shim->eager = (struct timer){.fired = read_early, .owner = shim};
  shim->record_retry = (struct timer){.fired = write_record, .owner = shim};
  shim->log.fd = -1;
  removal_init(shim);
}
