#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "tree.h"

static void stat_names_may_hold_anything(void) {
  struct process process;
  CHECK(tree_parse_stat("12 (a) b (c) S 1 2 3 0 -1 4194560 10 0 0 0 1 2 3 4 20 0 1 0 987654 5 6",
                        &process));
  CHECK(process.pid == 12 && process.parent == 1 && process.group == 2 && process.session == 3);
  CHECK(process.start == 987654);
  CHECK(!tree_parse_stat("", &process));
  CHECK(!tree_parse_stat("12 (x", &process));
  CHECK(!tree_parse_stat("12 (x) S 1 2", &process));
}

static void what_is_dying_is_told_by_its_stat(void) {
  char text[512];
  static const struct {
    char state;
    unsigned flags, pending;
    bool dying;
  } CASES[] = {{'S', 0x400100, 0, false},
               {'Z', 0x400100, 0, true},
               {'D', 0x400104, 0, true},
               {'S', 0x400100, 0x100, true},
               {'T', 0x400100, 0x4080, false}};
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    snprintf(text, sizeof text,
             "7 (a) b) %c 1 7 7 0 -1 %u 10 0 0 0 1 2 3 4 20 0 1 0 987654 5 6 7 8 9 10 11 12 %u 0 0",
             CASES[i].state, CASES[i].flags, CASES[i].pending);
    CHECK(tree_stat_dying(text) == CASES[i].dying);
  }
  CHECK(!tree_stat_dying("") && !tree_stat_dying("7 (a) Z 1"));
  CHECK(!tree_dying(getpid()));
  pid_t zombie = fork();
  if (zombie == 0) _exit(0);
  siginfo_t info;
  CHECK(waitid(P_PID, (id_t)zombie, &info, WEXITED | WNOWAIT) == 0 && tree_dying(zombie));
  CHECK(waitpid(zombie, NULL, 0) == zombie);
}

/* Says its pid through the pipe, then sleeps. */
static _Noreturn void stay(int fd) {
  pid_t pid = getpid();
  if (write(fd, &pid, sizeof pid) != sizeof pid) _exit(1);
  for (;;) pause();
}

/* Root, child, setsid child, orphan in the root's session, orphan of a setsid child: all but
 * what left every bond go with the root, and the bystander stays. */
static void the_whole_tree_goes(void) {
  int pipes[2];
  CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 && pipe(pipes) == 0);
  pid_t bystander = fork();
  if (bystander == 0) stay(pipes[1]);
  pid_t root = fork();
  if (root == 0) {
    setsid();
    if (fork() == 0) stay(pipes[1]);
    if (fork() == 0) {
      setsid();
      if (fork() == 0) stay(pipes[1]);
      stay(pipes[1]);
    }
    if (fork() == 0) { /* its child loses its parent but not its session */
      if (fork() == 0) stay(pipes[1]);
      _exit(0);
    }
    stay(pipes[1]);
  }
  for (int i = 0; i < 6; i++) {
    pid_t pid;
    CHECK(read(pipes[0], &pid, sizeof pid) == sizeof pid);
  }
  tree_kill(root);
  int status, killed = 0;
  pid_t pid;
  /* The orphans come to us, who are the subreaper; only the bystander is left in the end. */
  while (killed < 5 && (pid = waitpid(-1, &status, 0)) > 0)
    if (WIFSIGNALED(status)) {
      CHECK(pid != bystander);
      killed++;
    }
  CHECK(killed == 5);
  CHECK(kill(bystander, 0) == 0 && waitpid(bystander, &status, WNOHANG) == 0);
  kill(bystander, SIGKILL);
  CHECK(waitpid(bystander, &status, 0) == bystander);
  close(pipes[0]);
  close(pipes[1]);
}

/* As crun does it: the part that made the container lives on for a moment. */
static void a_childs_child_will_be_ours(void) {
  int pipes[2];
  CHECK(pipe(pipes) == 0);
  pid_t child = fork();
  if (child == 0) {
    if (fork() == 0) stay(pipes[1]);
    stay(pipes[1]);
  }
  pid_t pids[2];
  CHECK(read(pipes[0], &pids[0], sizeof pids[0]) == sizeof pids[0]);
  CHECK(read(pipes[0], &pids[1], sizeof pids[1]) == sizeof pids[1]);
  CHECK(tree_ours(pids[0]) && tree_ours(pids[1]));
  CHECK(!tree_ours(getpid()) && !tree_ours(getppid()) && !tree_ours(1));
  tree_kill(child);
  int status;
  while (waitpid(-1, &status, 0) > 0) continue;
  CHECK(!tree_ours(pids[0]));
  close(pipes[0]);
  close(pipes[1]);
}

int main(void) {
  stat_names_may_hold_anything();
  what_is_dying_is_told_by_its_stat();
  the_whole_tree_goes();
  a_childs_child_will_be_ours();
  return 0;
}
