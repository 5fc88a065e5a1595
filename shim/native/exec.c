#include "exec.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup_kill.h"
#include "exec_launch.h"
#include "tree.h"

enum {
  GRACE_MILLIS = 100,  /* for the rest of an output that a left-over process holds open */
  KILLED_MILLIS = 500, /* for a killed process to end */
};

/* Takes away what the exec has on disk, before its client hears of its end. */
static void clean_up(struct exec *exec) {
  if (exec->process_path != NULL) unlink(exec->process_path);
  if (exec->pid_path != NULL) unlink(exec->pid_path);
  if (exec->number_path != NULL) unlink(exec->number_path);
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
  free(exec->number_path);
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
  if (exec->execs->guest->present)
    guest_sigkill_exec(exec->execs->guest, exec->number_path);
  else if (exec->pid > 0)
    tree_kill(exec->pid);
  if (exec->cgroup != NULL) cgroup_kill(exec->execs->cgroups, exec->cgroup);
}

/* A client that waits is answered in time even if a process cannot be killed, as in a hung mount;
 * the structure stays until the process is reaped. */
static void grace_over(struct timer *timer) {
  struct exec *exec = timer->owner;
  if (!exec->io.ended) {
    /* The runtime may not have ended a guest's process: its own, which waits, goes in any case. */
    if (exec->timed_out && exec->execs->guest->present && exec->pid > 0) tree_kill(exec->pid);
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
    exec->pid = runtime_read_child(exec->pid_path);
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
  if (!exec_launch(exec, request, runtime_ended, &refusal)) fail(exec, refusal.text);
}
