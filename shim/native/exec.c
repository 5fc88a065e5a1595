#include "exec.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "cgroup_kill.h"
#include "conn.h"
#include "container.h"
#include "exec_io.h"
#include "runtime.h"
#include "stdio_pipes.h"
#include "tree.h"

enum {
  GRACE_MILLIS = 100,  /* for the rest of an output that a left-over process holds open */
  KILLED_MILLIS = 500, /* for a killed process to end */
  OUTPUT_LIMIT = 16 << 20,
};

/* Takes away what the exec has on disk, before its client hears of its end. */
static void clean_up(struct exec *exec) {
  if (exec->process_path != NULL) unlink(exec->process_path);
  if (exec->pid_path != NULL) unlink(exec->pid_path);
  if (exec->cgroup != NULL) cgroup_discard(exec->shim, exec->cgroup);
  console_close(&exec->console);
  exec->cgroup = NULL;
}

static void forget(struct exec *exec) {
  struct shim *shim = exec->shim;
  struct exec **at = &shim->execs;
  while (*at != exec) at = &(*at)->next;
  *at = exec->next;
  timer_disarm(&shim->loop, &exec->timeout);
  timer_disarm(&shim->loop, &exec->grace);
  exec_io_close(exec);
  clean_up(exec);
  free(exec->process_path);
  free(exec->pid_path);
  free(exec);
}

static void leave_client(struct exec *exec) {
  struct conn *conn = exec->conn;
  exec->conn = NULL;
  if (conn == NULL) return;
  conn->session = NULL;
  conn->closed = NULL;
  conn->drained = NULL;
}

static void fail(struct exec *exec, const char *error) {
  struct conn *conn = exec->conn;
  uint32_t request = exec->request;
  leave_client(exec);
  forget(exec);
  if (conn != NULL) conn_reply_error(conn, request, error);
}

static void tell_end(struct exec *exec) {
  struct conn *conn = exec->conn;
  leave_client(exec);
  if (conn == NULL) return;
  wire_begin(&conn->out, REPLY_EXEC_EXIT, exec->request);
  wire_number(&conn->out, TAG_EXIT_CODE, exec->exit_code);
  wire_number(&conn->out, TAG_TIMED_OUT, exec->timed_out);
  wire_number(&conn->out, TAG_TRUNCATED, exec->truncated);
  wire_end(&conn->out);
  conn_flush(conn);
}

void exec_finish(struct exec *exec) {
  /* What a short-lived process wrote lies in pipes whose other ends the client does not have yet.
   */
  exec->complete = !exec->sync && exec->conn != NULL && !exec->taken && !exec->timed_out;
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
  if (exec->cgroup != NULL) cgroup_kill(exec->shim, exec->cgroup);
}

/* A client that waits is answered in time even if a process cannot be killed, as in a hung mount;
 * the structure stays until the process is reaped. */
static void grace_over(struct timer *timer) {
  struct exec *exec = timer->owner;
  if (!exec->ended) {
    tell_end(exec);
  } else if (exec->sync) {
    exec_sync_drain(exec);
    exec_finish(exec);
  } else {
    exec_stream_end(exec);
  }
}

static void time_over(struct timer *timer) {
  struct exec *exec = timer->owner;
  struct shim *shim = exec->shim;
  uint32_t id = exec->id;
  runtime_settle(shim);
  /* It may have failed to start just now, and be gone. */
  struct exec *alive = shim->execs;
  while (alive != NULL && alive->id != id) alive = alive->next;
  if (alive == NULL) return;
  exec->timed_out = true;
  kill_whole(exec);
  if (!exec->grace.armed) timer_arm(&shim->loop, &exec->grace, KILLED_MILLIS);
}

static void client_gone(struct conn *conn) {
  struct exec *exec = conn->session;
  exec->conn = NULL;
  conn->session = NULL;
  /* Nobody will hear of a probe any more, so its time is over; told by a timer, as the connection
   * may break in the middle of what exec is doing. A stream's end is a hang-up for its process. */
  if (exec->sync && !exec->ended)
    timer_arm(&exec->shim->loop, &exec->timeout, 0);
  else if (!exec->sync && exec->ended)
    exec_finish(exec);
  else if (!exec->sync)
    exec_io_close(exec);
}

static void queue_empty(struct conn *conn) {
  struct exec *exec = conn->session;
  if (exec->sync && exec->pid > 0) exec_sync_pause(exec, false);
}

static void tell_running(struct exec *exec) {
  struct conn *conn = exec->conn;
  wire_begin(&conn->out, REPLY_OK, exec->request);
  wire_number(&conn->out, TAG_EXEC_ID, exec->id);
  wire_number(&conn->out, TAG_PID, exec->pid);
  wire_end(&conn->out);
  conn_flush(conn);
}

/* The pipes of the process wait in the sources or here until it runs. */
static void runtime_ended(struct shim *shim, struct child *child, int status) {
  struct exec *exec = child->owner;
  exec->runtime = NULL;
  const char *problem = NULL;
  if (status == 0) {
    exec->pid = runtime_read_pid(exec->pid_path);
    if (exec->pid < 0) problem = "the runtime wrote no pid of the exec";
    if (problem == NULL && exec->tty) {
      exec->terminal = console_take(&exec->console);
      if (exec->terminal < 0) problem = "the runtime sent no terminal";
      if (exec->terminal >= 0) exec_stream_begin(exec, (const int[]){-1, -1, -1});
    }
  }
  if (status == 0 && problem == NULL) {
    /* Its time was over while the runtime handed it to us: it was not the runtime's child any more,
     * nor ours yet. */
    if (exec->timed_out) kill_whole(exec);
    if (exec->sync)
      exec_sync_pause(exec, false);
    else if (exec->conn != NULL)
      tell_running(exec);
    else
      exec_io_close(exec);
  } else if (exec->timed_out) {
    exec->ended = true;
    exec_finish(exec);
  } else {
    char *error FREE =
        problem != NULL ? formatted("%s", problem) : child_error(shim, child, status, NULL);
    if (exec->pid > 0) kill(exec->pid, SIGKILL);
    fail(exec, error);
  }
  child_free(child);
}

static void process_ended(struct exec *exec, int status) {
  exec->pid = -1;
  exec->ended = true;
  exec->exit_code = exit_code_of(status);
  timer_disarm(&exec->shim->loop, &exec->timeout);
  if (exec->sync ? exec_sync_drain(exec) : exec_stream_ended(exec)) {
    exec_finish(exec);
    return;
  }
  /* Whoever inherited the pipes must not hold the client. */
  if (exec->sync) exec_sync_pause(exec, false);
  timer_arm(&exec->shim->loop, &exec->grace, exec->timed_out ? 0 : GRACE_MILLIS);
}

bool exec_reap(struct shim *shim) {
  for (struct exec *exec = shim->execs; exec != NULL; exec = exec->next) {
    int status;
    if (exec->pid <= 0 || waitpid(exec->pid, &status, WNOHANG) != exec->pid) continue;
    process_ended(exec, status);
    return true;
  }
  return false;
}

bool exec_known(const struct shim *shim, pid_t pid) {
  for (const struct exec *exec = shim->execs; exec != NULL; exec = exec->next)
    if (exec->pid == pid) return true;
  return false;
}

void exec_kill_all(struct shim *shim) {
  for (struct exec *exec = shim->execs; exec != NULL; exec = exec->next) {
    if (exec->runtime != NULL) child_kill(exec->runtime);
    if (exec->pid > 0) kill(exec->pid, SIGKILL);
  }
}

int exec_terminal(const struct shim *shim, uint32_t id) {
  for (const struct exec *exec = shim->execs; exec != NULL; exec = exec->next)
    if (exec->id == id) return exec->terminal;
  return -1;
}

bool exec_take(struct conn *conn, uint32_t request, uint32_t id) {
  struct exec *exec = conn->shim->execs;
  while (exec != NULL && exec->id != id) exec = exec->next;
  if (exec == NULL || exec->sync || exec->conn == NULL || exec->taken) return false;
  conn_reply_descriptors(conn, request, exec->client_ends);
  exec->taken = true;
  if (exec->complete) exec_finish(exec);
  return true;
}

static bool write_process(const char *path, const uint8_t *json, size_t length) {
  int fd CLOSE = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  return fd >= 0 && write_all(fd, json, length);
}

/* Everything up to the runtime's start; NULL or what went wrong. */
static char *launch(struct exec *exec, const struct frame *request) {
  struct shim *shim = exec->shim;
  const struct options *options = &shim->options;
  const uint8_t *json;
  size_t length;
  if (!wire_find(request, TAG_PROCESS, &json, &length)) return formatted("exec without a process");
  exec->process_path = formatted("%s/exec-%u.json", options->state, exec->id);
  exec->pid_path = formatted("%s/exec-%u.pid", options->state, exec->id);
  if (!write_process(exec->process_path, json, length))
    return formatted("cannot write %s: %m", exec->process_path);
  bool with_stdin = wire_find_number(request, TAG_STDIN, 0) != 0 && !exec->sync;
  int64_t timeout = wire_find_number(request, TAG_TIMEOUT_MILLIS, 0);
  if (exec->tty &&
      !console_open(&exec->console, formatted("%s/exec-%u.sock", options->state, exec->id)))
    return formatted("cannot listen on %s: %m", exec->console.path);
  if (!exec->sync && !exec_stream_prepare(exec, with_stdin))
    return formatted("cannot make the pipes of an exec: %m");
  struct stdio_pipes pipes = STDIO_PIPES_NONE;
  if (!exec->tty && !stdio_pipes_make(&pipes, with_stdin, options->io_uid, options->io_gid))
    return formatted("cannot make the pipes of an exec: %m");

  char *option FREE = NULL;
  char *log_path = formatted("%s/exec-%u.log", options->state, exec->id);
  struct command command;
  command_init(&command, shim, log_path);
  command_add(&command, "exec");
  command_add(&command, "--detach");
  command_add(&command, "--process");
  command_add(&command, exec->process_path);
  command_add(&command, "--pid-file");
  command_add(&command, exec->pid_path);
  if (exec->tty) {
    command_add(&command, "--console-socket");
    command_add(&command, exec->console.address.sun_path);
  }
  /* What has no time limit is killed only when its caller has gone, and then by its tree. */
  if (timeout > 0) exec->cgroup = cgroup_for_exec(shim, exec->id, &option);
  if (exec->cgroup != NULL) {
    command_add(&command, "--cgroup");
    command_add(&command, option);
  }
  command_add(&command, options->id);
  char *error = NULL;
  exec->runtime =
      runtime_spawn(shim, &command, log_path, pipes.theirs, runtime_ended, exec, &error);
  stdio_pipes_close_theirs(&pipes);
  if (error != NULL) {
    stdio_pipes_close_ours(&pipes);
    free(log_path);
    return error;
  }
  if (exec->sync)
    exec_sync_begin(exec, pipes.ours, wire_find_number(request, TAG_LIMIT, OUTPUT_LIMIT));
  else if (!exec->tty)
    exec_stream_begin(exec, pipes.ours);
  if (timeout > 0) timer_arm(&shim->loop, &exec->timeout, timeout);
  return NULL;
}

void exec_begin(struct conn *conn, const struct frame *request, bool sync) {
  struct shim *shim = conn->shim;
  if (conn->session != NULL || shim->state != STATE_RUNNING || shim->deleting) {
    conn_reply_error(conn, request->id,
                     conn->session != NULL ? "connection is in use" : "container is not running");
    return;
  }
  struct exec *exec = new_zeroed(sizeof *exec);
  *exec = (struct exec){
      .shim = shim,
      .next = shim->execs,
      .conn = conn,
      .request = request->id,
      .id = ++shim->next_exec,
      .sync = sync,
      .tty = !sync && wire_find_number(request, TAG_TTY, 0) != 0,
      .pid = -1,
      .console = CONSOLE_NONE,
      .timeout = {.fired = time_over, .owner = exec},
      .grace = {.fired = grace_over, .owner = exec},
      .client_ends = {-1, -1, -1},
      .terminal = -1,
  };
  for (int i = 0; i < 2; i++) exec->sources[i].watch.fd = -1;
  for (int i = 0; i < 3; i++) exec->relays[i].from.fd = exec->relays[i].to.fd = -1;
  shim->execs = exec;
  conn->session = exec;
  conn->closed = client_gone;
  conn->drained = queue_empty;
  char *error FREE = launch(exec, request);
  if (error != NULL) fail(exec, error);
}
