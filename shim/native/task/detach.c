#include "detach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child says when it has begun; a refusal is longer. */
static const char BEGUN[] = "+";

static _Noreturn void be_child(const struct detached *detached, int to) {
  struct refusal refusal;
  bool begun = detached->begin(detached->owner, &refusal);
  const char *text = begun ? BEGUN : refusal.text;
  if (!write_all(to, text, strlen(text)) || !begun) _exit(1);
  close(to);
  _exit(detached->stay(detached->owner));
}

static ssize_t hear(int from, char *text, size_t capacity) {
  size_t length = 0;
  while (length + 1 < capacity) {
    ssize_t got = read(from, text + length, capacity - 1 - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    length += (size_t)got;
  }
  text[length] = '\0';
  return (ssize_t)length;
}

pid_t detach(const struct detached *detached, struct refusal *refusal) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    refuse(refusal, "cannot make a pipe: %m");
    return -1;
  }
  int from CLOSE = ends[0], to CLOSE = ends[1];
  pid_t pid = fork();
  if (pid == 0) {
    close_owned(&from);
    be_child(detached, to);
  }
  if (pid < 0) {
    refuse(refusal, "cannot fork: %m");
    return -1;
  }
  close_owned(&to);
  if (hear(from, refusal->text, sizeof refusal->text) == 0)
    refuse(refusal, "the process that should stay has ended");
  if (strcmp(refusal->text, BEGUN) == 0) return pid;
  waitpid(pid, NULL, 0);
  return -1;
}

bool write_pid_file(const char *path, int64_t pid, struct refusal *refusal) {
  char *fresh FREE = formatted("%s.new", path);
  char text[24];
  (void)snprintf(text, sizeof text, "%lld", (long long)pid);
  if (fresh == NULL) return refuse_for_memory(refusal);
  int fd CLOSE = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd >= 0 && write_all(fd, text, strlen(text)) && rename(fresh, path) == 0) return true;
  refuse(refusal, "cannot write %s: %m", path);
  unlink(fresh);
  return false;
}
