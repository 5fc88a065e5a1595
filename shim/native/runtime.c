#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime_log.h"
#include "tree.h"

void command_init(struct command *command, const struct shim *shim, const char *log_path) {
  const struct options *options = &shim->options;
  *command = (struct command){0};
  command_add(command, options->runtime);
  command_add(command, "--root");
  command_add(command, options->runtime_root);
  command_add(command, "--log");
  command_add(command, log_path);
  command_add(command, "--log-format");
  command_add(command, "json");
  if (options->systemd_cgroup) command_add(command, "--systemd-cgroup");
  for (int i = 0; i < options->runtime_argument_count; i++)
    command_add(command, options->runtime_arguments[i]);
}

void command_add(struct command *command, const char *word) {
  if (command->count + 1 >= sizeof command->words / sizeof command->words[0])
    die("command line of the runtime is too long");
  command->words[command->count++] = word;
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

/* dup2 of a descriptor onto itself would keep CLOEXEC; the shim's own are above 2 (see main.c). */
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

struct child *runtime_spawn(struct shim *shim, const struct command *command, char *log_path,
                            const int stdio[3], void (*ended)(struct shim *, struct child *, int),
                            void *owner, char **error) {
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) {
    *error = formatted("cannot make a pipe: %m");
    return NULL;
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
  if (pid < 0 || got == sizeof reason) {
    if (pid > 0) waitpid(pid, NULL, 0);
    *error = formatted("cannot execute %s: %s", command->words[0],
                       strerror(pid < 0 ? fork_error : reason));
    return NULL;
  }
  setpgid(pid, pid);
  struct child *child = new_zeroed(sizeof *child);
  *child = (struct child){
      .pid = pid, .log_path = log_path, .ended = ended, .owner = owner, .next = shim->children};
  shim->children = child;
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

char *child_error(const struct shim *shim, const struct child *child, int status,
                  const char *printed) {
  enum { LOG_READ = 64 * 1024 };
  char *log FREE = resized(NULL, LOG_READ);
  char text[RUNTIME_TEXT];
  ssize_t length = read_text(child->log_path, log, LOG_READ);
  if (length > 0 && runtime_log_error(log, (size_t)length, text, sizeof text))
    return formatted("%s", text);
  if (printed != NULL && printed[0] != '\0') {
    snprintf(text, sizeof text, "%s", printed);
    one_line(text);
    if (text[0] != '\0') return formatted("%s", text);
  }
  if (WIFSIGNALED(status))
    return formatted("%s was ended by signal %d", shim->options.runtime, WTERMSIG(status));
  return formatted("%s ended with status %d and no message", shim->options.runtime,
                   WEXITSTATUS(status));
}

void child_free(struct child *child) {
  if (child->log_path != NULL) unlink(child->log_path);
  free(child->log_path);
  free(child);
}

void runtime_settle(struct shim *shim) {
  for (bool again = true; again;) {
    again = false;
    for (struct child **at = &shim->children; *at != NULL; at = &(*at)->next) {
      struct child *child = *at;
      int status;
      if (waitpid(child->pid, &status, WNOHANG) != child->pid) continue;
      *at = child->next;
      child->ended(shim, child, status);
      again = true; /* the list may have changed */
      break;
    }
  }
}

/* Else the number is anybody's: not ours to signal, and nobody would tell us of its end. */
pid_t runtime_read_pid(const char *path) {
  char text[32];
  int64_t pid;
  if (read_text(path, text, sizeof text) <= 0) return -1;
  text[strcspn(text, "\n")] = '\0';
  return parse_number(text, 1, INT32_MAX, &pid) && tree_ours((pid_t)pid) ? (pid_t)pid : -1;
}
