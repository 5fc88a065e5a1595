#include "container.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tree.h"

enum { LINGER_MILLIS = 2000, LINGER_STEP_MILLIS = 5, RECORD_RETRY_MILLIS = 1000, CODE_LOST = 255 };

/* Its own process, whoever its parent is. */
static bool signal_first(const struct container *container, int signal) {
  int adopted = container->adopted.fd;
  return adopted < 0 ? kill(container->exit.pid, signal) == 0
                     : syscall(SYS_pidfd_send_signal, adopted, signal, NULL, 0) == 0;
}

/* One that the kernel has killed for want of memory may take long to end, and is not ours. */
bool container_sigkill(struct container *container) {
  if (container->guest.present) {
    container->killed_by_us = true;
    return guest_sigkill(&container->guest);
  }
  bool ours = !tree_dying(container->exit.pid);
  if (!signal_first(container, SIGKILL)) return false;
  if (ours) container->killed_by_us = true;
  return true;
}

static bool send_signal(struct container *container, int signal) {
  return signal == SIGKILL ? container_sigkill(container) : signal_first(container, signal);
}

void container_kill(struct container *container, struct conn *conn, uint32_t id, int signal) {
  struct refusal refusal;
  if (container->state != STATE_RUNNING) {
    conn_reply_error(conn, id, "container is not running");
  } else if (container->guest.present) {
    if (signal == SIGKILL) container->killed_by_us = true;
    guest_signal(&container->guest, conn, id, signal);
  } else if (!send_signal(container, signal)) {
    refuse(&refusal, "cannot send signal %d to process %d: %m", signal, container->exit.pid);
    conn_reply_error(conn, id, refusal.text);
  } else {
    conn_reply_ok(conn, id);
  }
}

static void write_record(struct timer *timer) {
  struct container *container = timer->owner;
  if (!exit_record_write(&container->exit, container->options->exit_record))
    timer_arm(container->loop, timer, RECORD_RETRY_MILLIS);
}

static void tell_watchers(struct container *container) {
  for (struct conn *conn = container->conns->first; conn != NULL; conn = conn->next) {
    uint32_t id = conn_answers(conn, WAIT_EXIT);
    if (id == 0) continue;
    wire_begin(&conn->out, EVENT_EXIT, id);
    exit_record_put(&container->exit, &conn->out);
    wire_end(&conn->out);
    conn_flush(conn);
  }
}

/* In this order: the log is whole, the record is on disk, the clients are told, the runtime
 * forgets the container. If we die in between, the daemon finds what had been done. */
static void ended(struct container *container, int exit_code, int signal) {
  struct exit_record *exit = &container->exit;
  if (exit->finished_at == 0) exit->finished_at = now_wall_nanos();
  exit->exit_code = exit_code;
  exit->signal = signal;
  /* Its own, or that of a child, which a shell passes on; the code is all that is told of a guest.
   */
  bool like_killed = exit->exit_code == 128 + SIGKILL;
  bool killed = container->guest.present ? like_killed : exit->signal == SIGKILL;
  exit->kill_requested = killed && container->killed_by_us;
  exit->oom_killed = oom_happened(&container->oom, like_killed && !container->killed_by_us) ||
                     container->guest.oom_killed;
  container->state = STATE_EXITED;
  output_drain(container->output);
  exit->log_dropped = log_file_take_untold(&container->output->log);
  write_record(&container->record_retry);
  loop_close(container->loop, &container->attaches->input);
  attach_end_all(container->attaches);
  tell_watchers(container);
  container->changed(container);
}

/* A shim of another kind that copies the output may not have brought all of it yet. */
static void linger(struct timer *timer) {
  struct container *container = timer->owner;
  if (!output_ended(container->output) && now_monotonic_millis() < container->linger_end)
    timer_arm(container->loop, timer, LINGER_STEP_MILLIS);
  else
    ended(container, container->exit.exit_code, container->exit.signal);
}

/* The sandbox is gone when nobody can tell a guest's code: so are all that ran in it. */
static void guest_ended(struct guest *guest, int exit_code) {
  struct container *container = guest->owner;
  bool lost = exit_code == GUEST_LOST;
  container->exit.finished_at = now_wall_nanos();
  container->exit.exit_code = lost ? 128 + SIGKILL : exit_code;
  container->exit.signal = lost ? SIGKILL : 0;
  container->linger_end = now_monotonic_millis() + LINGER_MILLIS;
  linger(&container->linger);
}

bool container_is(const struct container *container, pid_t child) {
  return container->state == STATE_RUNNING && !container->guest.present &&
         container->adopted.fd < 0 && container->exit.pid == child;
}

bool container_reap(struct container *container) {
  int status;
  pid_t pid = container->exit.pid;
  if (!container_is(container, pid) || waitpid(pid, &status, WNOHANG) != pid) return false;
  ended(container, exit_code_of(status), WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  return true;
}

/* The pidfd of a process tells of its end, and whoever reaps it may be faster than we are. */
static void adopted_ended(struct watch *watch, uint32_t events) {
  (void)events;
  struct container *container = watch->owner;
  int status = adoption_status(&container->adoption, watch->fd);
  loop_close(container->loop, watch);
  container->exit.code_lost = status < 0;
  if (status < 0)
    ended(container, CODE_LOST, 0);
  else
    ended(container, exit_code_of(status), WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

void container_init(struct container *container) {
  container->state = STATE_CREATED;
  container->exit.container_id = container->options->id;
  container->adopted = (struct watch){.fd = -1, .ready = adopted_ended, .owner = container};
  container->console = CONSOLE_NONE;
  container->guest = (struct guest){
      .options = container->options,
      .loop = container->loop,
      .runtime = container->runtime,
      .ended = guest_ended,
      .owner = container,
  };
  guest_init(&container->guest);
  container->linger = (struct timer){.fired = linger, .owner = container};
  container->record_retry = (struct timer){.fired = write_record, .owner = container};
}
