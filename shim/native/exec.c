#include "exec.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup_kill.h"
#include "console.h"
#include "exec_io.h"
#include "stdio_pipes.h"
#include "tree.h"

enum {
  GRACE_MILLIS = 100,  /* for the rest of an output that a left-over process holds open */
  KILLED_MILLIS = 500, /* for a killed process to end */
  OUTPUT_LIMIT = 16 << 20,
};

struct exec {
  struct execs *execs;
  struct exec *next;
  uint32_t id;
  bool sync; /* output as frames and a time limit; else descriptors for a stream */
  struct exec_io io;

  struct child *runtime; /* while the runtime starts it */
  pid_t pid;             /* from then on, until it is reaped */
  char *process_path, *pid_path;
  struct console console;
  char *cgroup; /* its own, so that it can be killed whole; NULL if there is none */

  struct timer timeout;
  struct timer grace; /* after its end or its killing: how long to wait for what should follow */
  bool timed_out;
  bool taken;    /* the client of a stream has its descriptors */
  bool complete; /* all is done, but a stream's output still waits to be taken */
  int exit_code;
};

/* Takes away what the exec has on disk, before its client hears of its end. */
static void clean_up(struct exec *exec) {
  if (exec->process_path != NULL) unlink(exec->process_path);
  if (exec->pid_path != NULL) unlink(exec->pid_path);
  if (exec->cgroup != NULL) cgroup_discard(exec->execs->cgroups, exec->cgroup);
  console_close(&exec->console);
  exec->cgroup = NULL;
}

static void forget(struct exec *exec) {
  struct execs *execs = exec->execs;
  struct exec **at = &execs->first;
  while (*at != exec) at = &(*at)->next;
  *at = exec->next;
  timer_disarm(execs->loop, &exec->timeout);
  timer_disarm(execs->loop, &exec->grace);
  exec_io_close(&exec->io);
  clean_up(exec);
  free(exec->process_path);
  free(exec->pid_path);
  free(exec);
}

static void leave_client(struct exec *exec) {
  struct conn *conn = exec->io.conn;
  exec->io.conn = NULL;
  if (conn == NULL) return;
  conn->session = NULL;
  conn->closed = NULL;
  conn->drained = NULL;
}

static void fail(struct exec *exec, const char *error) {
  struct conn *conn = exec->io.conn;
  uint32_t request = exec->io.request;
  leave_client(exec);
  forget(exec);
  if (conn != NULL) conn_reply_error(conn, request, error);
}

static void tell_end(struct exec *exec) {
  struct conn *conn = exec->io.conn;
  leave_client(exec);
  if (conn == NULL) return;
  wire_begin(&conn->out, REPLY_EXEC_EXIT, exec->io.request);
  wire_number(&conn->out, TAG_EXIT_CODE, exec->exit_code);
  wire_number(&conn->out, TAG_TIMED_OUT, exec->timed_out);
  wire_number(&conn->out, TAG_TRUNCATED, exec->io.truncated);
  wire_end(&conn->out);
  conn_flush(conn);
}

static void finish(struct exec *exec) {
  /* What a short-lived process wrote lies in pipes whose other ends the client does not have yet.
   */
  exec->complete = !exec->sync && exec->io.conn != NULL && !exec->taken && !exec->timed_out;
  if (exec->complete) return;
  clean_up(exec);
  tell_end(exec);
  forget(exec);
}

/* Its own cgroup holds all of an exec; the tree is for runtimes that know no such cgroups. */
static void kill_whole(struct exec *exec) {
  if (exec->runtime != NULL) {
    tree_kill(exec->runtime->pid);
    child_kill(exec->runtime);
  }
  if (exec->pid > 0) tree_kill(exec->pid);
  if (exec->cgroup != NULL) cgroup_kill(exec->execs->cgroups, exec->cgroup);
}

/* A client that waits is answered in time even if a process cannot be killed, as in a hung mount;
 * the structure stays until the process is reaped. */
static void grace_over(struct timer *timer) {
  struct exec *exec = timer->owner;
  if (!exec->io.ended) {
    tell_end(exec);
  } else if (exec->sync) {
    exec_sync_drain(&exec->io);
    finish(exec);
  } else {
    exec_stream_end(&exec->io);
  }
}

static void time_over(struct timer *timer) {
  struct exec *exec = timer->owner;
  struct execs *execs = exec->execs;
  uint32_t id = exec->id;
  runtime_settle(execs->runtime);
  /* It may have failed to start just now, and be gone. */
  struct exec *alive = execs->first;
  while (alive != NULL && alive->id != id) alive = alive->next;
  if (alive == NULL) return;
  exec->timed_out = exec->io.silent = true;
  kill_whole(exec);
  if (!exec->grace.armed) timer_arm(execs->loop, &exec->grace, KILLED_MILLIS);
}

static void client_gone(struct conn *conn) {
  struct exec *exec = conn->session;
  exec->io.conn = NULL;
  conn->session = NULL;
  /* Nobody will hear of a probe any more, so its time is over; told by a timer, as the connection
   * may break in the middle of what exec is doing. A stream's end is a hang-up for its process. */
  if (exec->sync && !exec->io.ended)
    timer_arm(exec->execs->loop, &exec->timeout, 0);
  else if (!exec->sync && exec->io.ended)
    finish(exec);
  else if (!exec->sync)
    exec_io_close(&exec->io);
}

static void queue_empty(struct conn *conn) {
  struct exec *exec = conn->session;
  if (exec->sync && exec->pid > 0) exec_sync_pause(&exec->io, false);
}

static void tell_running(struct exec *exec) {
  struct conn *conn = exec->io.conn;
  wire_begin(&conn->out, REPLY_OK, exec->io.request);
  wire_number(&conn->out, TAG_EXEC_ID, exec->id);
  wire_number(&conn->out, TAG_PID, exec->pid);
  wire_end(&conn->out);
  conn_flush(conn);
}

/* The pipes of the process wait in the sources or here until it runs. */
static void runtime_ended(struct child *child, int status) {
  struct exec *exec = child->owner;
  exec->runtime = NULL;
  const char *problem = NULL;
  if (status == 0) {
    exec->pid = runtime_read_pid(exec->pid_path);
    if (exec->pid < 0) problem = "the runtime wrote no pid of the exec";
    if (problem == NULL && exec->io.tty) {
      exec->io.terminal = console_take(&exec->console);
      if (exec->io.terminal < 0) problem = "the runtime sent no terminal";
      if (exec->io.terminal >= 0) exec_stream_begin(&exec->io, (const int[]){-1, -1, -1});
    }
  }
  if (status == 0 && problem == NULL) {
    /* Its time was over while the runtime handed it to us: it was not the runtime's child any more,
     * nor ours yet. */
    if (exec->timed_out) kill_whole(exec);
    if (exec->sync)
      exec_sync_pause(&exec->io, false);
    else if (exec->io.conn != NULL)
      tell_running(exec);
    else
      exec_io_close(&exec->io);
  } else if (exec->timed_out) {
    exec->io.ended = true;
    finish(exec);
  } else {
    struct refusal refusal;
    if (problem == NULL) child_error(exec->execs->runtime, child, status, NULL, &refusal);
    if (exec->pid > 0) kill(exec->pid, SIGKILL);
    fail(exec, problem != NULL ? problem : refusal.text);
  }
  child_free(child);
}

static void process_ended(struct exec *exec, int status) {
  exec->pid = -1;
  exec->io.ended = true;
  exec->exit_code = exit_code_of(status);
  timer_disarm(exec->execs->loop, &exec->timeout);
  if (exec->sync ? exec_sync_drain(&exec->io) : exec_stream_ended(&exec->io)) {
    finish(exec);
    return;
  }
  /* Whoever inherited the pipes must not hold the client. */
  if (exec->sync) exec_sync_pause(&exec->io, false);
  timer_arm(exec->execs->loop, &exec->grace, exec->timed_out ? 0 : GRACE_MILLIS);
}

bool exec_reap(struct execs *execs) {
  for (struct exec *exec = execs->first; exec != NULL; exec = exec->next) {
    int status;
    if (exec->pid <= 0 || waitpid(exec->pid, &status, WNOHANG) != exec->pid) continue;
    process_ended(exec, status);
    return true;
  }
  return false;
}

bool exec_known(const struct execs *execs, pid_t pid) {
  for (const struct exec *exec = execs->first; exec != NULL; exec = exec->next)
    if (exec->pid == pid) return true;
  return false;
}

void exec_kill_all(struct execs *execs) {
  for (struct exec *exec = execs->first; exec != NULL; exec = exec->next) {
    if (exec->runtime != NULL) child_kill(exec->runtime);
    if (exec->pid > 0) kill(exec->pid, SIGKILL);
  }
}

int exec_terminal(const struct execs *execs, uint32_t id) {
  for (const struct exec *exec = execs->first; exec != NULL; exec = exec->next)
    if (exec->id == id) return exec->io.terminal;
  return -1;
}

bool exec_take(struct execs *execs, struct conn *conn, uint32_t request, uint32_t id) {
  struct exec *exec = execs->first;
  while (exec != NULL && exec->id != id) exec = exec->next;
  if (exec == NULL || exec->sync || exec->io.conn == NULL || exec->taken) return false;
  conn_reply_descriptors(conn, request, exec->io.client_ends);
  exec->taken = true;
  if (exec->complete) finish(exec);
  return true;
}

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
  if (exec->process_path == NULL || exec->pid_path == NULL) return refuse_for_memory(refusal);
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
                        struct refusal *refusal) {
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
  if (exec->cgroup != NULL) command_add(&command, "--cgroup", option, NULL);
  command_add(&command, execs->options->id, NULL);
  exec->runtime =
      runtime_spawn(execs->runtime, &command, log_path, stdio, runtime_ended, exec, refusal);
  return exec->runtime != NULL;
}

/* Everything up to the runtime's start. */
static bool launch(struct exec *exec, const struct frame *request, struct refusal *refusal) {
  bool with_stdin = wire_find_number(request, TAG_STDIN, 0) != 0 && !exec->sync;
  int64_t timeout = wire_find_number(request, TAG_TIMEOUT_MILLIS, 0);
  struct stdio_pipes pipes = STDIO_PIPES_NONE;
  bool launched = prepare(exec, request, with_stdin, &pipes, refusal) &&
                  run_runtime(exec, timeout > 0, pipes.theirs, refusal);
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

static void io_complete(struct exec_io *io) { finish(io->owner); }

void exec_begin(struct execs *execs, struct conn *conn, const struct frame *request, bool sync) {
  struct refusal refusal;
  struct exec *exec = new_zeroed(sizeof *exec);
  if (exec == NULL) {
    refuse_for_memory(&refusal);
    conn_reply_error(conn, request->id, refusal.text);
    return;
  }
  *exec = (struct exec){
      .execs = execs,
      .next = execs->first,
      .id = ++conn->conns->sessions,
      .sync = sync,
      .pid = -1,
      .console = CONSOLE_NONE,
      .timeout = {.fired = time_over, .owner = exec},
      .grace = {.fired = grace_over, .owner = exec},
  };
  exec_io_init(&exec->io, conn, request->id, !sync && wire_find_number(request, TAG_TTY, 0) != 0,
               io_complete, exec);
  execs->first = exec;
  conn->session = exec;
  conn->closed = client_gone;
  conn->drained = queue_empty;
  if (!launch(exec, request, &refusal)) fail(exec, refusal.text);
}
