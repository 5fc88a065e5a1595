#include "stdio_pipes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Large enough that a writer of short lines seldom waits; pages are taken only when written. */
enum { PIPE_SIZE = 256 * 1024 };

static void close_three(int fds[3]) {
  for (int i = 0; i < 3; i++) close_owned(&fds[i]);
}

void stdio_pipes_outlive_us(struct stdio_pipes *pipes) {
  for (int i = 1; i < 3; i++) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", pipes->theirs[i]);
    int both = open(path, O_RDWR | O_CLOEXEC);
    if (both < 0) continue;
    close(pipes->theirs[i]);
    pipes->theirs[i] = both;
  }
}

void stdio_pipes_close_ours(struct stdio_pipes *pipes) { close_three(pipes->ours); }

void stdio_pipes_close_theirs(struct stdio_pipes *pipes) { close_three(pipes->theirs); }

bool stdio_pipes_make(struct stdio_pipes *pipes, bool with_stdin, int64_t uid, int64_t gid) {
  *pipes = (struct stdio_pipes)STDIO_PIPES_NONE;
  for (int i = with_stdin ? 0 : 1; i < 3; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
      stdio_pipes_close_ours(pipes);
      stdio_pipes_close_theirs(pipes);
      return false;
    }
    pipes->ours[i] = ends[i == 0];
    pipes->theirs[i] = ends[i != 0];
    fcntl(pipes->ours[i], F_SETPIPE_SZ, PIPE_SIZE);
    fcntl(pipes->ours[i], F_SETFL, O_NONBLOCK);
    if (uid >= 0 && gid >= 0 && fchown(pipes->theirs[i], (uid_t)uid, (gid_t)gid) != 0) continue;
  }
  return true;
}
