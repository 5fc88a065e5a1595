#include "container_start.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stdio_pipes.h"
#include "tree.h"

enum { EAGER_MILLIS = 2000, TAIL = 1024 };

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

/* Looks after a container whose first process is there. */
static void watch_over(struct container *container) {
  container->state = STATE_RUNNING;
  cgroup_learn(container->cgroups, container->options, container->exit.pid,
               container->guest.present);
  oom_watch(&container->oom, container->loop, container->cgroups);
  output_begin(container->output);
  if (container->guest.present) guest_begin(&container->guest, container->exit.pid);
}

static void runs(struct container *container) {
  struct adoption *adoption = &container->adoption;
  container->exit.started_at = now_wall_nanos();
  adoption->pid = container->exit.pid;
  adoption->started_at = container->exit.started_at;
  adoption->guest = container->guest.present;
  if (!adoption_learn_start(adoption) || !adoption_note(container->options->state, adoption))
    fprintf(stderr, "no shim could take over container %s: %m\n", container->options->id);
  watch_over(container);
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
  if (!stdio_pipes_make(pipes, options->stdin_open, options->io_uid, options->io_gid))
    return refuse(refusal, "cannot make the container's pipes: %m");
  stdio_pipes_outlive_us(pipes);
  for (int i = 0; i < 3; i++) {
    struct stat status;
    bool known = pipes->theirs[i] >= 0 && fstat(pipes->theirs[i], &status) == 0;
    container->adoption.pipes[i] = known ? status.st_ino : 0;
  }
  return true;
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
  container->eager = (struct timer){.fired = read_early, .owner = container};
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

/* What we write to it, and what it writes, goes on through the pipes that it has kept. */
static void adopt_stdio(struct container *container) {
  const uint64_t *pipes = container->adoption.pipes;
  container->attaches->input.fd = adoption_pipe(pipes[0], O_WRONLY);
  output_adopt(container->output, &container->output->out, adoption_pipe(pipes[1], O_RDONLY));
  output_adopt(container->output, &container->output->err, adoption_pipe(pipes[2], O_RDONLY));
}

bool container_adopt(struct container *container, struct refusal *refusal) {
  const struct options *options = container->options;
  struct adoption *adoption = &container->adoption;
  struct log_file *log = &container->output->log;
  if (!adoption_read(options->state, adoption))
    return refuse(refusal, "no shim has noted that container %s runs", options->id);
  container->adopted.fd = adoption_process(adoption);
  if (container->adopted.fd < 0)
    return refuse(refusal, "process %d of container %s has gone", (int)adoption->pid, options->id);
  if (log_file_open(log, options->log_directory, options->log, options->log_limit))
    log_file_tell_break(log);
  container->exit.pid = adoption->pid;
  container->exit.started_at = adoption->started_at;
  container->guest.present = adoption->guest;
  container->runtime_knows = true;
  if (!options->terminal) adopt_stdio(container);
  watch_over(container);
  if (adoption->guest)
    close_owned(&container->adopted.fd);
  else if (!loop_watch(container->loop, &container->adopted, EPOLLIN))
    return refuse(refusal, "cannot wait for process %d: %m", (int)adoption->pid);
  return true;
}
