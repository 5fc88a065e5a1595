#include "container.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stdio_pipes.h"
#include "tree.h"

enum {
  LINGER_MILLIS = 2000,
  LINGER_STEP_MILLIS = 5,
  EAGER_MILLIS = 2000,
  RECORD_RETRY_MILLIS = 1000,
  TAIL = 1024
};

static void answer_starts(struct container *container, const char *error) {
  for (struct conn *conn = container->conns->first; conn != NULL; conn = conn->next) {
    uint32_t id = conn_answers(conn, WAIT_START);
    if (id == 0) continue;
    if (error != NULL) {
      conn_reply_error(conn, id, error);
      continue;
    }
    wire_begin(&conn->out, REPLY_OK, id);
    wire_number(&conn->out, TAG_PID, container->exit.pid);
    wire_number(&conn->out, TAG_STARTED_AT, container->exit.started_at);
    wire_end(&conn->out);
    conn_flush(conn);
  }
}

static void start_failed(struct container *container, const char *error) {
  container->state = STATE_CREATED;
  loop_close(container->loop, &container->attaches->input);
  answer_starts(container, error);
  container->changed(container);
}

static bool adopt_terminal(struct container *container) {
  int terminal = console_take(&container->console);
  if (terminal < 0) return false;
  output_adopt(container->output, &container->output->out, terminal);
  if (container->options->stdin_open)
    container->attaches->input.fd = fcntl(terminal, F_DUPFD_CLOEXEC, 3);
  return true;
}

/* Why a runtime that reported success did not give us a container we can look after. */
static const char *take_over(struct container *container) {
  pid_t pid = runtime_read_pid(container->pid_path);
  if (pid < 0) return "the runtime wrote no pid of the container";
  container->exit.pid = pid;
  container->guest.present = container->options->guest || !tree_ours(pid);
  if (container->options->terminal && !adopt_terminal(container))
    return "the runtime sent no terminal";
  return NULL;
}

static void runs(struct container *container) {
  container->exit.started_at = now_wall_nanos();
  container->state = STATE_RUNNING;
  cgroup_learn(container->cgroups, container->options, container->exit.pid,
               container->guest.present);
  oom_watch(&container->oom, container->loop, container->cgroups);
  output_begin(container->output);
  if (container->guest.present) guest_begin(&container->guest, container->exit.pid);
  answer_starts(container, NULL);
  container->changed(container);
}

static void runtime_started(struct child *child, int status) {
  struct container *container = child->owner;
  timer_disarm(container->loop, &container->eager);
  container->start_child = NULL;
  if (status != 0) {
    char tail[TAIL];
    struct refusal refusal;
    output_discard(container->output, tail, sizeof tail);
    child_error(container->runtime, child, status, tail, &refusal);
    start_failed(container, refusal.text);
  } else {
    const char *error = take_over(container);
    if (error == NULL) {
      runs(container);
    } else {
      bool ours = container->exit.pid > 0 && !container->guest.present;
      if (ours) kill(container->exit.pid, SIGKILL);
      output_close(container->output);
      start_failed(container, error);
    }
  }
  console_close(&container->console);
  child_free(child);
}

/* A slow hook of the runtime must not leave the container blocked on a full pipe. */
static void read_early(struct timer *timer) {
  struct container *container = timer->owner;
  output_begin(container->output);
}

/* The terminal's socket, or the pipes that take its place. */
static bool prepare_stdio(struct container *container, struct stdio_pipes *pipes,
                          struct refusal *refusal) {
  const struct options *options = container->options;
  if (options->terminal)
    return console_open(&container->console, formatted("%s/console.sock", options->state)) ||
           refuse(refusal, "cannot listen on %s/console.sock: %m", options->state);
  return stdio_pipes_make(pipes, options->stdin_open, options->io_uid, options->io_gid) ||
         refuse(refusal, "cannot make the container's pipes: %m");
}

static bool run_runtime(struct container *container, const int stdio[3], struct refusal *refusal) {
  const struct options *options = container->options;
  if (container->pid_path == NULL) container->pid_path = formatted("%s/init.pid", options->state);
  if (container->pid_path == NULL) return refuse_for_memory(refusal);
  unlink(container->pid_path);
  char *images FREE = formatted("%s/checkpoint", options->restore == NULL ? "" : options->restore);
  char *log_path = images == NULL ? NULL : formatted("%s/runtime-start.log", options->state);
  if (log_path == NULL) return refuse_for_memory(refusal);
  struct command command;
  command_init(&command, container->runtime, log_path);
  command_add(&command, options->restore == NULL ? "run" : "restore", "--detach", NULL);
  if (options->restore != NULL) {
    /* The images name the pipes that stood here; the runtime puts ours in their place. */
    command_add(&command, "--image-path", images, "--work-path", options->restore, NULL);
    /* All goes into the container's own cgroup, which the runtime makes: what the images say of
     * cgroups could name any. */
    command_add(&command, "--file-locks", "--manage-cgroups-mode", "ignore", NULL);
  }
  command_add(&command, "--bundle", options->bundle, "--pid-file", container->pid_path, NULL);
  if (options->terminal)
    command_add(&command, "--console-socket", container->console.address.sun_path, NULL);
  command_add(&command, options->id, NULL);
  oom_expect(&container->oom, cgroup_of_pod(options));
  container->start_child = runtime_spawn(container->runtime, &command, log_path, stdio,
                                         runtime_started, container, refusal);
  return container->start_child != NULL;
}

static bool launch(struct container *container, struct refusal *refusal) {
  const struct options *options = container->options;
  struct output *output = container->output;
  if (output->log.fd < 0 &&
      !log_file_open(&output->log, options->log_directory, options->log, options->log_limit))
    return refuse(refusal, "cannot open log %s: %m", options->log);
  struct stdio_pipes pipes = STDIO_PIPES_NONE;
  bool launched =
      prepare_stdio(container, &pipes, refusal) && run_runtime(container, pipes.theirs, refusal);
  stdio_pipes_close_theirs(&pipes);
  if (!launched) {
    stdio_pipes_close_ours(&pipes);
    console_close(&container->console);
    return false;
  }
  container->runtime_knows = true;
  if (!options->terminal) {
    container->attaches->input.fd = pipes.ours[0];
    output_adopt(output, &output->out, pipes.ours[1]);
    output_adopt(output, &output->err, pipes.ours[2]);
  }
  timer_arm(container->loop, &container->eager, EAGER_MILLIS);
  return true;
}

void container_start(struct container *container, struct conn *conn, uint32_t id) {
  if (container->deleting || container->state == STATE_EXITED) {
    conn_reply_error(
        conn, id, container->deleting ? "container is being deleted" : "container has already run");
    return;
  }
  conn->waits[WAIT_START] = id;
  if (container->state == STATE_RUNNING) answer_starts(container, NULL);
  if (container->state != STATE_CREATED) return;
  container->state = STATE_STARTING;
  struct refusal refusal;
  if (!launch(container, &refusal)) start_failed(container, refusal.text);
}

/* One that the kernel has killed for want of memory may take long to end, and is not ours. */
bool container_sigkill(struct container *container) {
  if (container->guest.present) {
    container->killed_by_us = true;
    return guest_sigkill(&container->guest);
  }
  bool ours = !tree_dying(container->exit.pid);
  if (kill(container->exit.pid, SIGKILL) != 0) return false;
  if (ours) container->killed_by_us = true;
  return true;
}

static bool send_signal(struct container *container, int signal) {
  return signal == SIGKILL ? container_sigkill(container) : kill(container->exit.pid, signal) == 0;
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
         container->exit.pid == child;
}

bool container_reap(struct container *container) {
  int status;
  pid_t pid = container->exit.pid;
  if (!container_is(container, pid) || waitpid(pid, &status, WNOHANG) != pid) return false;
  ended(container, exit_code_of(status), WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  return true;
}

void container_init(struct container *container) {
  container->state = STATE_CREATED;
  container->exit.container_id = container->options->id;
  container->console = CONSOLE_NONE;
  container->guest = (struct guest){
      .options = container->options,
      .loop = container->loop,
      .runtime = container->runtime,
      .ended = guest_ended,
      .owner = container,
  };
  guest_init(&container->guest);
  container->eager = (struct timer){.fired = read_early, .owner = container};
  container->linger = (struct timer){.fired = linger, .owner = container};
  container->record_retry = (struct timer){.fired = write_record, .owner = container};
}
