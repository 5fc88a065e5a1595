#include "action.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP_MILLIS = 20 };

void action_add(struct action *action, const char *word) {
  size_t count = 0;
  while (action->words[count] != NULL) count++;
  action->words[count] = word;
}

/* As containerd sets it. Where nobody takes events, an empty address fails at once. */
static void set_environment(const struct action *action, const char *name_space) {
  setenv("GOMAXPROCS", "2", 1);
  setenv("MAX_SHIM_VERSION", "2", 1);
  setenv("TTRPC_ADDRESS", action->events == NULL ? "" : action->events, 1);
  setenv("GRPC_ADDRESS", "", 1);
  setenv("NAMESPACE", name_space, 1);
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
  if (action->pwd != NULL) setenv("PWD", action->pwd, 1);
}

static _Noreturn void execute(const struct action *action, const char *name_space,
                              const int theirs[3]) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  for (int i = 0; i < 3; i++)
    if (dup2(theirs[i], i) < 0) _exit(127);
  if (action->directory == NULL || chdir(action->directory) == 0) {
    set_environment(action, name_space);
    execvp(action->words[0], (char *const *)action->words);
  }
  (void)dprintf(STDERR_FILENO, "cannot execute %s: %s", action->words[0], strerror(errno));
  _exit(127);
}

/* Takes what has come. What is too much is dropped. */
static void take(int *fd, char *text) {
  for (;;) {
    char rest[256];
    size_t length = strlen(text), room = PRINTED - 1 - length;
    ssize_t got = room > 0 ? read(*fd, text + length, room) : read(*fd, rest, sizeof rest);
    if (got > 0) {
      if (room > 0) text[length + (size_t)got] = '\0';
    } else if (got == 0) {
      close_owned(fd);
      return;
    } else if (errno != EINTR) {
      return;
    }
  }
}

/* Collects what it prints until it ends. A shim that it leaves behind may hold its output open, so
 * the end of that is no sign. */
static int collect(pid_t pid, int ours[2], const struct action *action) {
  int64_t deadline = action->limit < 0 ? -1 : now_monotonic_millis() + action->limit;
  int status = 0;
  for (bool ended = false; !ended;) {
    struct pollfd ready[] = {{.fd = ours[0], .events = POLLIN}, {.fd = ours[1], .events = POLLIN}};
    if (poll(ready, 2, STEP_MILLIS) < 0 && errno != EINTR) break;
    ended = waitpid(pid, &status, WNOHANG) == pid;
    if (ours[0] >= 0) take(&ours[0], action->out);
    if (ours[1] >= 0) take(&ours[1], action->err);
    if (!ended && deadline >= 0 && now_monotonic_millis() > deadline) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
      return -1;
    }
  }
  return status;
}

static void one_line(char *text) {
  size_t length = strlen(text);
  while (length > 0 && (unsigned char)text[length - 1] <= ' ') text[--length] = '\0';
}

bool action_run(const struct action *action, const char *name_space, struct refusal *refusal) {
  const char *program = action->words[0];
  action->out[0] = action->err[0] = '\0';
  int in[2], out[2], err[2];
  if (pipe2(in, O_CLOEXEC) != 0) return refuse(refusal, "cannot make a pipe: %m");
  int in_read CLOSE = in[0], in_write CLOSE = in[1];
  if (pipe2(out, O_CLOEXEC) != 0) return refuse(refusal, "cannot make a pipe: %m");
  int out_read CLOSE = out[0], out_write CLOSE = out[1];
  if (pipe2(err, O_CLOEXEC) != 0) return refuse(refusal, "cannot make a pipe: %m");
  int err_read CLOSE = err[0], err_write CLOSE = err[1];
  fcntl(out_read, F_SETFL, O_NONBLOCK);
  fcntl(err_read, F_SETFL, O_NONBLOCK);
  /* The options are far less than a pipe holds. */
  if (action->input != NULL && !write_all(in_write, action->input->bytes, action->input->length))
    return refuse(refusal, "cannot write the options of %s: %m", program);
  close_owned(&in_write);
  pid_t pid = fork();
  if (pid == 0) execute(action, name_space, (const int[]){in_read, out_write, err_write});
  if (pid < 0) return refuse(refusal, "cannot fork: %m");
  close_owned(&out_write);
  close_owned(&err_write);
  int ours[] = {out_read, err_read};
  out_read = err_read = -1;
  int status = collect(pid, ours, action);
  close_owned(&ours[0]);
  close_owned(&ours[1]);
  one_line(action->out);
  one_line(action->err);
  if (status == 0) return true;
  const char *said = action->err[0] != '\0' ? action->err : action->out;
  if (status == -1) return refuse(refusal, "%s does not end", program);
  if (said[0] != '\0') return refuse(refusal, "%s", said);
  return refuse(refusal, "%s ended with status %d and no message", program, exit_code_of(status));
}
