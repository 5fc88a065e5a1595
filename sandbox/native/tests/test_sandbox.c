/* Runs the sanitized jcri-sandbox (its path is the argument) against the kernel; needs root. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static const char *program;
static char directory[] = "/tmp/jcri-check-XXXXXX";

struct outcome {
  int status;
  char line[1200];
};

/* A whole pod with every namespace, and one more argument. */
static struct outcome run(const char *variable, const char *stage, const char *extra) {
  int out[2];
  CHECK(pipe2(out, O_CLOEXEC) == 0, "pipe");
  char dir_argument[64];
  (void)snprintf(dir_argument, sizeof dir_argument, "dir=%s", directory);
  pid_t helper = fork();
  CHECK(helper >= 0, "fork");
  if (helper == 0) {
    if (variable != NULL) setenv(variable, stage, 1);
    dup2(out[1], STDOUT_FILENO);
    execl(program, program, "id=check", dir_argument, "new=net", "new=ipc", "new=uts", "new=pid",
          "new=user", "hostname=check", "uidmap=0 100000 65536", "gidmap=0 100000 1000",
          "gidmap=1000 200000 1000", "shm=65536", "oom=-998", extra, (char *)NULL);
    _exit(127);
  }
  close(out[1]);
  struct outcome outcome = {0};
  size_t used = 0;
  ssize_t got;
  /* To the end of file: a pause process that kept the pipe would hang this test. */
  while ((got = read(out[0], outcome.line + used, sizeof outcome.line - 1 - used)) > 0)
    used += (size_t)got;
  close(out[0]);
  CHECK(waitpid(helper, &outcome.status, 0) == helper, "waitpid");
  return outcome;
}

static int count_entries(const char *path) {
  DIR *dir = opendir(path);
  CHECK(dir != NULL, "%s", path);
  int count = 0;
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
    count += entry->d_name[0] != '.';
  closedir(dir);
  return count;
}

/* Pause processes come back to this test, which is their subreaper. */
static void expect_nothing_left(const char *why) {
  pid_t gone;
  do {
    gone = waitpid(-1, NULL, 0);
  } while (gone > 0);
  CHECK(errno == ECHILD, "%s", why);
  CHECK(count_entries(directory) == 0, "%s: files are left", why);
}

static void clean(void) {
  static const char *const pins[] = {"ns/net", "ns/ipc", "ns/uts", "ns/pid", "ns/user", "shm"};
  CHECK(chdir(directory) == 0, "chdir");
  for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++) {
    (void)umount2(pins[i], MNT_DETACH);
    (void)unlink(pins[i]);
  }
  (void)rmdir("ns");
  (void)rmdir("shm");
  (void)rmdir("root");
  (void)unlink("pause");
  CHECK(chdir("/") == 0, "chdir");
}

static void leaves_nothing_when_a_stage_fails(void) {
  static const char *const stages[] = {"cgroup", "clone",    "idmap", "enter", "hostname",
                                       "sysctl", "loopback", "shm",   "pin",   "pinned",
                                       "oom",    "pidfile",  "pause"};
  for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
    struct outcome outcome = run("JCRI_SANDBOX_FAIL", stages[i], NULL);
    char wanted[64];
    (void)snprintf(wanted, sizeof wanted, "error %s: ", stages[i]);
    CHECK(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 1, "%s: %s", stages[i],
          outcome.line);
    CHECK(strncmp(outcome.line, wanted, strlen(wanted)) == 0, "%s: %s", stages[i], outcome.line);
    expect_nothing_left(stages[i]);
  }
}

static void names_what_failed(void) {
  static const char *const cases[][2] = {
      {"sysctl=net.no.such=1", "error sysctl: cannot set sysctl net.no.such to \"1\": ENOENT"},
      {"sysctl=net.ipv4.ip_forward=x",
       "error sysctl: cannot set sysctl net.ipv4.ip_forward to \"x\": EINVAL"},
      {"cgroup=/no/such", "error cgroup: cannot open /no/such: ENOENT"},
      {"cgroup=/tmp", "error cgroup: cannot join the cgroup of version 2 of check: ENOENT"},
      {"uidmap=5 7 10", "error idmap: cannot set uid_map to 0 100000 65536,5 7 10,: EINVAL"},
      {"sysctl=vm.swappiness=1", "error request: sysctl vm.swappiness is not allowed"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct outcome outcome = run(NULL, NULL, cases[i][0]);
    CHECK(strncmp(outcome.line, cases[i][1], strlen(cases[i][1])) == 0, "%s", outcome.line);
    expect_nothing_left(cases[i][0]);
  }
}

static void dies_with_a_helper_that_is_killed_half_way(void) {
  struct outcome outcome = run("JCRI_SANDBOX_KILL", "pidfile", NULL);
  CHECK(WIFSIGNALED(outcome.status), "%s", outcome.line);
  clean();
  expect_nothing_left("killed half way");
}

static void lives_until_it_is_told(void) {
  struct outcome outcome = run(NULL, NULL, "sysctl=kernel.shmmax=4096");
  int pid = 0;
  unsigned long long start = 0;
  CHECK(sscanf(outcome.line, "ok %d %llu", &pid, &start) == 2, "%s", outcome.line);
  CHECK(count_entries(directory) == 3, "ns, pause, shm");
  struct outcome second = run(NULL, NULL, NULL);
  CHECK(strstr(second.line, "holds a sandbox already") != NULL, "%s", second.line);
  CHECK(count_entries(directory) == 3, "the first one is untouched");
  CHECK(waitpid(pid, NULL, WNOHANG) == 0, "it runs on");
  CHECK(kill(pid, SIGTERM) == 0, "kill");
  int status = 0;
  CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0,
        "status %d", status);
  clean();
  expect_nothing_left("told to end");
}

int main(int argc, char **argv) {
  CHECK(argc == 2, "the path of jcri-sandbox");
  if (geteuid() != 0) {
    (void)printf("test_sandbox: not run: it needs root\n");
    return 0;
  }
  program = argv[1];
  CHECK(mkdtemp(directory) != NULL, "mkdtemp");
  CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, "prctl");
  leaves_nothing_when_a_stage_fails();
  names_what_failed();
  dies_with_a_helper_that_is_killed_half_way();
  lives_until_it_is_told();
  CHECK(rmdir(directory) == 0, "rmdir");
  return 0;
}
