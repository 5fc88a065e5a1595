/* Runs the sanitized jcri-confine (its path is the argument) against the kernel; needs root. What
 * the confined program sees is this program's own report: it runs itself again inside. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static const char *program;
static char self[4096];
static char directory[] = "/tmp/jcri-confine-XXXXXX";

struct outcome {
  int status;
  char text[2048];
};

/* Runs with stdout and stderr in one pipe, and the arguments up to a NULL. */
static struct outcome run(const char *const args[]) {
  int out[2];
  CHECK(pipe2(out, O_CLOEXEC) == 0, "pipe");
  pid_t child = fork();
  CHECK(child >= 0, "fork");
  if (child == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(out[1], STDERR_FILENO);
    execv(program, (char *const *)(size_t)args);
    _exit(99);
  }
  close(out[1]);
  struct outcome outcome = {0};
  size_t used = 0;
  ssize_t got;
  while ((got = read(out[0], outcome.text + used, sizeof outcome.text - 1 - used)) > 0)
    used += (size_t)got;
  close(out[0]);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status), "%s", outcome.text);
  outcome.status = WEXITSTATUS(status);
  return outcome;
}

#define RUN(...) run((const char *[]){"jcri-confine", __VA_ARGS__, NULL})

static void expect(struct outcome outcome, int status, const char *wanted) {
  CHECK(outcome.status == status, "%d: %s", outcome.status, outcome.text);
  CHECK(strncmp(outcome.text, wanted, strlen(wanted)) == 0, "%s", outcome.text);
}

static char *in_directory(const char *name) {
  char *path = NULL;
  CHECK(asprintf(&path, "%s/%s", directory, name) > 0, "memory");
  return path;
}

static char *argument(const char *key, const char *name) {
  char *text = NULL;
  CHECK(asprintf(&text, "%s=%s/%s", key, directory, name) > 0, "memory");
  return text;
}

static void names_what_failed(void) {
  char *link = in_directory("link");
  char *file = in_directory("file");
  CHECK(symlink("kept", link) == 0, "link");
  int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  CHECK(fd >= 0 && close(fd) == 0, "file");
  char *through = argument("keep", "link/x");
  char *kept_link = argument("keep", "link");
  char *writable_file = argument("writable", "file");
  expect(RUN("nonsense", "--", "/p"), 125,
         "jcri-confine: request: cannot use the argument \"nonsense\"\n");
  expect(RUN("keep=/no/such", "--", "/p"), 125,
         "jcri-confine: mounts: cannot open /no/such: ENOENT");
  expect(RUN("cgroup=/no/such", "--", "/p"), 125,
         "jcri-confine: cgroup: cannot open /no/such: ENOENT");
  expect(RUN("cgroup=/tmp", "--", "/p"), 125,
         "jcri-confine: cgroup: cannot join the cgroup of version 2 of /tmp: ENOENT");
  struct outcome outcome = RUN(through, "--", "/p");
  CHECK(outcome.status == 125 &&
            strstr(outcome.text, "link/x leads through a symbolic link\n") != NULL,
        "%s", outcome.text);
  outcome = RUN(kept_link, "--", "/p");
  CHECK(outcome.status == 125 && strstr(outcome.text, "symbolic link\n") != NULL, "%s",
        outcome.text);
  outcome = RUN(writable_file, "--", "/p");
  CHECK(outcome.status == 125 && strstr(outcome.text, "file is no directory\n") != NULL, "%s",
        outcome.text);
  expect(RUN("--", "/no/such"), 127, "jcri-confine: exec: cannot run /no/such: ENOENT");
  expect(RUN("keep=/etc", "--", "/etc/passwd"), 126,
         "jcri-confine: exec: cannot run /etc/passwd: EACCES");
  free(link);
  free(file);
  free(through);
  free(kept_link);
  free(writable_file);
}

/* Inside: argv has the calls' names and the answers that are wanted. */
static void expect_answer(const char *what, long answer, int wanted) {
  int error = answer < 0 ? errno : 0;
  CHECK(error == wanted, "%s: %s, not %s", what, strerror(error), strerror(wanted));
}

static int touch(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  return fd < 0 ? fd : close(fd);
}

static void inside(const char *base) {
  CHECK(chdir(base) == 0, "%s", base);
  expect_answer("read-only", touch("kept/new"), EROFS);
  expect_answer("read-only root", touch("/new"), EROFS);
  expect_answer("read-only way", touch("new"), EROFS);
  expect_answer("writable", touch("kept/writable/new"), 0);
  expect_answer("secret", access("kept/memory/secret", F_OK), ENOENT);
  expect_answer("mounted", access("kept/mounted/here", F_OK), 0);
  expect_answer("mounted, read-only", touch("kept/mounted/new"), EROFS);
  expect_answer("below writable", access("kept/writable/mounted/here", F_OK), ENOENT);
  expect_answer("kept in left out", access("kept/memory/named/here", F_OK), 0);
  expect_answer("read-only way in left out", touch("kept/memory/new"), EROFS);
  expect_answer("device", touch("/dev/null"), 0);
  expect_answer("other device", access("/dev/kmsg", F_OK), ENOENT);
  expect_answer("kernel", open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC), EROFS);
  expect_answer("device node", mknod("kept/writable/node", S_IFCHR | 0600, 0x103), 0);
  expect_answer("its open", open("kept/writable/node", O_RDONLY | O_CLOEXEC), EACCES);
  expect_answer("unshare", unshare(CLONE_NEWNS), EPERM);
  expect_answer("setns", setns(0, 0), EPERM);
  expect_answer("clone", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), EPERM);
  expect_answer("clone3", syscall(SYS_clone3, NULL, 0), ENOSYS);
  expect_answer("remount", mount(NULL, base, NULL, MS_REMOUNT | MS_BIND, NULL), EPERM);
  expect_answer("a call to come", syscall(1000), ENOSYS);
  expect_answer("mount", mount("tmpfs", "kept/writable", "tmpfs", 0, NULL), 0);
  expect_answer("descriptor", fcntl(3, F_GETFD), EBADF);
}

/* The fixture's own mounts stay in a namespace of this test's. */
static void shows_what_is_named(void) {
  static const char *const directories[] = {
      "kept", "kept/writable", "kept/writable/mounted", "kept/mounted", "kept/memory", "source"};
  CHECK(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) == 0,
        "namespace");
  CHECK(chdir(directory) == 0, "chdir");
  for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++)
    CHECK(mkdir(directories[i], 0755) == 0, "%s", directories[i]);
  CHECK(touch("source/here") == 0, "touch");
  CHECK(mount("source", "kept/mounted", NULL, MS_BIND, NULL) == 0, "mount");
  CHECK(mount("source", "kept/writable/mounted", NULL, MS_BIND, NULL) == 0, "mount");
  CHECK(mount("tmpfs", "kept/memory", "tmpfs", 0, NULL) == 0, "mount");
  CHECK(touch("kept/memory/secret") == 0 && mkdir("kept/memory/named", 0755) == 0 &&
            touch("kept/memory/named/here") == 0,
        "secret");
  char *kept = argument("keep", "kept");
  char *writable = argument("writable", "kept/writable");
  char *named = argument("keep", "kept/memory/named");
  char *keep_self = NULL;
  CHECK(asprintf(&keep_self, "keep=%s", self) > 0, "memory");
  int leaked = open("/", O_RDONLY);
  CHECK(leaked >= 0 && dup2(leaked, 3) == 3, "descriptor");
  for (int old = 0; old < 2; old++) {
    if (old) setenv("JCRI_CONFINE_OLD", "1", 1);
    struct outcome outcome = RUN("keep=/usr", keep_self, kept, writable, named, "cap=mknod",
                                 "cap=sys_admin", "--", self, "--inside", directory);
    expect(outcome, 0, "");
    CHECK(outcome.text[0] == '\0', "%s", outcome.text);
    CHECK(access("kept/writable/new", F_OK) == 0 && unlink("kept/writable/new") == 0, "written");
    CHECK(unlink("kept/writable/node") == 0, "made");
    /* Nothing came out of there: the mounts of this namespace are shared and still whole. */
    CHECK(access("kept/mounted/here", F_OK) == 0 && access("kept/memory/secret", F_OK) == 0,
          "mounts are gone");
    outcome = RUN("keep=/usr", keep_self, writable, "cap=sys_admin", "mounts=refused", "--", self,
                  "--refused", directory);
    expect(outcome, 0, "");
  }
  CHECK(umount("kept/mounted") == 0 && umount("kept/writable/mounted") == 0 &&
            umount("kept/memory") == 0,
        "unmount");
  free(kept);
  free(writable);
  free(named);
  free(keep_self);
}

static void clean(void) {
  static const char *const left[] = {
      "kept/writable/mounted", "kept/writable", "kept/mounted", "kept/memory", "kept",
      "source/here",           "source",        "link",         "file"};
  CHECK(chdir(directory) == 0, "chdir");
  for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
    CHECK(remove(left[i]) == 0, "%s", left[i]);
  CHECK(chdir("/") == 0 && rmdir(directory) == 0, "%s", directory);
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--inside") == 0) {
    inside(argv[2]);
    _exit(0); /* the leak sanitizer would look with ptrace */
  }
  if (argc == 3 && strcmp(argv[1], "--refused") == 0) {
    expect_answer("mount", mount("tmpfs", argv[2], "tmpfs", 0, NULL), EPERM);
    expect_answer("umount", umount2("/proc", MNT_DETACH), EPERM);
    _exit(0);
  }
  CHECK(argc == 2, "usage");
  program = argv[1];
  if (geteuid() != 0) {
    (void)fprintf(stderr, "not root: jcri-confine is not run\n");
    return 0;
  }
  CHECK(realpath("/proc/self/exe", self) != NULL && mkdtemp(directory) != NULL, "start");
  names_what_failed();
  shows_what_is_named();
  clean();
  return 0;
}
