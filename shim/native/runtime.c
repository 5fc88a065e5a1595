#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime_log.h"
#include "tree.h"

void command_init(struct command *command, const struct runtime *runtime, const char *log_path) {
  const struct options *options = runtime->options;
  *command = (struct command){0};
  command_add(command, options->runtime, "--root", options->runtime_root, NULL);
  command_add(command, "--log", log_path, "--log-format", "json", NULL);
  if (options->systemd_cgroup) command_add(command, "--systemd-cgroup", NULL);
  for (int i = 0; i < options->runtime_argument_count; i++)
    command_add(command, options->runtime_arguments[i], NULL);
}

void command_add(struct command *command, ...) {
  enum { WORDS = sizeof command->words / sizeof command->words[0] };
  va_list words;
  va_start(words, command);
  /* There is room for all that options allow and for all that is added here: no test of the bounds.
   */
  for (const char *word; (word = va_arg(words, const char *)) != NULL;)
    if (command->count + 1 < WORDS) command->words[command->count++] = word;
  va_end(words);
}

/* The container must inherit nothing of the shim's: signals, mask, umask, OOM protection. */
static void become_ordinary(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int signal = 1; signal < 32; signal++) sigaction(signal, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  umask(022);
  setpgid(0, 0);
  char adjustment[16];
  int64_t number;
  if (read_text("/proc/self/oom_score_adj", adjustment, sizeof adjustment) > 0) {
    adjustment[strcspn(adjustment, "\n")] = '\0';
    if (parse_number(adjustment, -1000, 1000, &number) && number < 0)
      write_text("/proc/self/oom_score_adj", "0");
  }
}

/* dup2 of a descriptor onto itself would keep CLOEXEC; the shim's own are above 2. */
static _Noreturn void execute(const struct command *command, const int stdio[3], int failure) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int i = 0; i < 3; i++)
    if (dup2(stdio[i] >= 0 ? stdio[i] : null, i) < 0) _exit(127);
  become_ordinary();
  execv(command->words[0], (char *const *)command->words);
  int error = errno;
  if (write(failure, &error, sizeof error) < 0) _exit(126);
  _exit(127);
}

/* Runs it and waits until it has been executed; -1 with a refusal. */
static pid_t run(const struct command *command, const int stdio[3], struct refusal *refusal) {
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) {
    refuse(refusal, "cannot make a pipe: %m");
    return -1;
  }
  pid_t pid = fork();
  if (pid == 0) execute(command, stdio, failure[1]);
  int fork_error = errno;
  close(failure[1]);
  int reason = 0;
  ssize_t got = 0;
  if (pid > 0) {
    do got = read(failure[0], &reason, sizeof reason);
    while (got < 0 && errno == EINTR);
  }
  close(failure[0]);
  if (pid > 0 && got != sizeof reason) return pid;
  if (pid > 0) waitpid(pid, NULL, 0);
  refuse(refusal, "cannot execute %s: %s", command->words[0],
         strerror(pid < 0 ? fork_error : reason));
  return -1;
}

struct child *runtime_spawn(struct runtime *runtime, const struct command *command, char *log_path,
                            const int stdio[3], void (*ended)(struct child *child, int status),
                            void *owner, struct refusal *refusal) {
  struct child *child = log_path == NULL ? NULL : new_zeroed(sizeof *child);
  if (child == NULL) {
    refuse_for_memory(refusal);
    free(log_path);
    return NULL;
  }
  pid_t pid = run(command, stdio, refusal);
  *child = (struct child){
      .pid = pid, .log_path = log_path, .ended = ended, .owner = owner, .next = runtime->children};
  if (pid < 0) {
    free(log_path);
    free(child);
    return NULL;
  }
  setpgid(pid, pid);
  runtime->children = child;
  return child;
}

void child_kill(const struct child *child) {
  kill(-child->pid, SIGKILL);
  kill(child->pid, SIGKILL);
}

static void one_line(char *text) {
  size_t length = strlen(text);
  while (length > 0 && (unsigned char)text[length - 1] <= ' ') text[--length] = '\0';
  for (char *at = text; *at != '\0'; at++)
    if ((unsigned char)*at < ' ') *at = ' ';
}

void child_error(const struct runtime *runtime, const struct child *child, int status,
                 const char *printed, struct refusal *refusal) {
  enum { LOG_READ = 64 * 1024 };
  char *log FREE = resized(NULL, LOG_READ);
  ssize_t length = log == NULL ? -1 : read_text(child->log_path, log, LOG_READ);
  if (length > 0 && runtime_log_error(log, (size_t)length, refusal->text, sizeof refusal->text))
    return;
  if (printed != NULL && printed[0] != '\0') {
    refuse(refusal, "%s", printed);
    one_line(refusal->text);
    if (refusal->text[0] != '\0') return;
  }
  const char *program = runtime->options->runtime;
  if (WIFSIGNALED(status))
    refuse(refusal, "%s was ended by signal %d", program, WTERMSIG(status));
  else
    refuse(refusal, "%s ended with status %d and no message", program, WEXITSTATUS(status));
}

void child_free(struct child *child) {
  unlink(child->log_path);
  free(child->log_path);
  free(child);
}

bool runtime_is(const struct runtime *runtime, pid_t pid) {
  for (const struct child *child = runtime->children; child != NULL; child = child->next)
    if (child->pid == pid) return true;
  return false;
}

bool runtime_starts(const struct runtime *runtime) {
  for (const struct child *child = runtime->children; child != NULL; child = child->next)
    if (!child->only_waits) return true;
  return false;
}

void runtime_settle(struct runtime *runtime) {
  for (bool again = true; again;) {
    again = false;
    for (struct child **at = &runtime->children; *at != NULL; at = &(*at)->next) {
      struct child *child = *at;
      int status;
      if (waitpid(child->pid, &status, WNOHANG) != child->pid) continue;
      *at = child->next;
      child->ended(child, status);
      again = true; /* the list may have changed */
      break;
    }
  }
}

pid_t runtime_read_pid(const char *path) {
  char text[32];
  int64_t pid;
  if (read_text(path, text, sizeof text) <= 0) return -1;
  text[strcspn(text, "\n")] = '\0';
  return parse_number(text, 1, INT32_MAX, &pid) ? (pid_t)pid : -1;
}

/* Else the number is anybody's: not ours to signal, and nobody would tell us of its end. */
pid_t runtime_read_child(const char *path) {
  pid_t pid = runtime_read_pid(path);
  return pid > 0 && tree_ours(pid) ? pid : -1;
}
