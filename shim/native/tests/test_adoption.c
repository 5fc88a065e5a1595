#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adoption.h"
#include "check.h"

static char state[] = "/tmp/jcri-shim-adopt-XXXXXX";

static void what_is_noted_is_read(void) {
  struct adoption noted = {.pid = getpid(),
                           .start = 4711,
                           .started_at = 1795235482000000000,
                           .guest = true,
                           .pipes = {0, 17, UINT64_MAX}};
  struct adoption read_back = {0};
  CHECK(adoption_note(state, &noted) && adoption_read(state, &read_back));
  CHECK(read_back.pid == noted.pid && read_back.start == 4711 && read_back.guest);
  CHECK(read_back.started_at == noted.started_at);
  CHECK(memcmp(read_back.pipes, noted.pipes, sizeof noted.pipes) == 0);
}

static void a_torn_note_is_none(void) {
  static const char *const TEXTS[] = {
      "", "12", "12 1 1 0 1 2", "x 1 1 0 1 2 3", "1 1 1 0 1 2 3", "-5 1 1 0 1 2 3"};
  char path[64];
  snprintf(path, sizeof path, "%s/running", state);
  struct adoption adoption;
  for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write_all(fd, TEXTS[i], strlen(TEXTS[i])));
    close(fd);
    CHECK(!adoption_read(state, &adoption));
  }
  unlink(path);
  CHECK(!adoption_read(state, &adoption));
}

static pid_t child_that_ends(int code) {
  pid_t child = fork();
  if (child == 0) _exit(code);
  return child;
}

static void await_end(int process) {
  struct pollfd ended = {.fd = process, .events = POLLIN};
  CHECK(poll(&ended, 1, 30000) == 1);
}

static void the_dead_tell_their_code(void) {
  struct adoption adoption = {.pid = child_that_ends(43)};
  CHECK(adoption_learn_start(&adoption) && adoption.start > 0);
  int process = adoption_process(&adoption);
  CHECK(process >= 0);
  await_end(process);
  int status = adoption_status(&adoption, process);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 43);
  CHECK(waitpid(adoption.pid, NULL, 0) == adoption.pid);
  /* What is reaped is told since Linux 6.15 alone; never is it something else. */
  status = adoption_status(&adoption, process);
  CHECK(status == -1 || (WIFEXITED(status) && WEXITSTATUS(status) == 43));
  CHECK(adoption_process(&adoption) == -1);
  close(process);
}

static void a_signal_is_told_as_one(void) {
  pid_t child = fork();
  if (child == 0) pause();
  struct adoption adoption = {.pid = child};
  CHECK(adoption_learn_start(&adoption));
  int process = adoption_process(&adoption);
  CHECK(adoption_status(&adoption, process) == -1); /* it lives */
  kill(child, SIGKILL);
  await_end(process);
  int status = adoption_status(&adoption, process);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  waitpid(child, NULL, 0);
  close(process);
}

static void another_with_the_same_number_is_not_taken_for_it(void) {
  struct adoption adoption = {.pid = getpid()};
  CHECK(adoption_learn_start(&adoption));
  adoption.start++;
  CHECK(adoption_process(&adoption) == -1);
}

static void a_pipe_is_found_where_somebody_has_it(void) {
  int ends[2], ready[2];
  CHECK(pipe(ends) == 0 && pipe(ready) == 0);
  struct stat status;
  CHECK(fstat(ends[1], &status) == 0);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    (void)!write(ends[1], "hello", 5);
    (void)!write(ready[1], "", 1);
    pause();
  }
  char text[8];
  CHECK(read(ready[0], text, 1) == 1);
  close(ends[0]);
  close(ends[1]);
  int again = adoption_pipe(status.st_ino, O_RDONLY);
  CHECK(again >= 0 && read(again, text, sizeof text) == 5 && memcmp(text, "hello", 5) == 0);
  close(again);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  CHECK(adoption_pipe(status.st_ino, O_RDONLY) == -1 && adoption_pipe(0, O_RDONLY) == -1);
}

int main(void) {
  CHECK(mkdtemp(state) != NULL);
  what_is_noted_is_read();
  a_torn_note_is_none();
  the_dead_tell_their_code();
  a_signal_is_told_as_one();
  another_with_the_same_number_is_not_taken_for_it();
  a_pipe_is_found_where_somebody_has_it();
  rmdir(state);
  return 0;
}
