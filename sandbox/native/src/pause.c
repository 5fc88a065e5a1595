#include "pause.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"
#include "report.h"

#define OPEN_TREE_CLONE_FLAG 1U
#define OPEN_TREE_CLOEXEC_FLAG 02000000U
#define MOVE_MOUNT_F_EMPTY_PATH_FLAG 4U
#define CAPABILITY_VERSION_3 0x20080522U

/* Waits for one byte; gone or anything else: nobody wants this process any more. */
static void expect(int parent, char wanted) {
  char byte = 0;
  ssize_t got;
  do {
    got = read(parent, &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1 || byte != wanted) _exit(1);
}

static void close_all_but(int fd) {
  if (fd > 0) close_range_of(0, (unsigned)fd - 1);
  close_range_of((unsigned)fd + 1, ~0U);
}

static void become_pod_root(void) {
  if (setgroups(0, NULL) != 0 || setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
    die("pause", errno, "cannot become the pod's root");
}

/* A mount namespace with nothing in it: containers that share the pod's pid namespace can reach
 * this process through /proc/1, and must find no way to the node's files there. */
static void leave_mounts(void) {
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    die("pause", errno, "cannot make the mounts private");
  long tree = syscall(SYS_open_tree, AT_FDCWD, ".", OPEN_TREE_CLONE_FLAG | OPEN_TREE_CLOEXEC_FLAG);
  if (tree < 0 ||
      syscall(SYS_move_mount, (int)tree, "", AT_FDCWD, ".", MOVE_MOUNT_F_EMPTY_PATH_FLAG) != 0 ||
      fchdir((int)tree) != 0) {
    die("pause", errno, "cannot mount the empty root");
  }
  close((int)tree);
  if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0)
    die("pause", errno, "cannot change to the empty root");
}

static void drop_rights(void) {
  struct {
    uint32_t version;
    int pid;
  } header = {CAPABILITY_VERSION_3, 0};
  struct {
    uint32_t effective, permitted, inheritable;
  } none[2] = {{0, 0, 0}, {0, 0, 0}};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capset, &header, none) != 0 ||
      prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    die("pause", errno, "cannot drop the rights of the pause process");
  }
}

/* "jcri-pause <id>" for ps, as far as argv's memory reaches. */
static void set_title(const char *id, struct title title) {
  static const char name[] = "jcri-pause";
  (void)prctl(PR_SET_NAME, name, 0, 0, 0);
  /* The id is itself in argv: keep it before it is overwritten. */
  char copy[80];
  size_t length = strnlen(id, sizeof copy);
  memcpy(copy, id, length);
  memset(title.start, 0, title.size);
  size_t wanted = sizeof name + length;
  if (wanted < title.size) {
    memcpy(title.start, name, sizeof name);
    memcpy(title.start + sizeof name, copy, length);
  }
}

static void reap_all(void) {
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
}

static _Noreturn void rest(const sigset_t *signals) {
  bool init = getpid() == 1;
  for (;;) {
    siginfo_t info;
    int signal = sigwaitinfo(signals, &info);
    if (signal == SIGCHLD) {
      reap_all();
    } else if ((signal == SIGTERM || signal == SIGINT) && (!init || info.si_pid == 0)) {
      /* As PID 1 of a pod it obeys the node only (which has no pid in here): a container's "kill 1"
       * must not take the whole pod down. */
      _exit(0);
    }
  }
}

_Noreturn void pause_run(const struct request *request, int parent, struct title title) {
  report_to_parent(parent);
  (void)setsid();
  close_all_but(parent);

  sigset_t signals;
  (void)sigemptyset(&signals);
  (void)sigaddset(&signals, SIGCHLD);
  (void)sigaddset(&signals, SIGTERM);
  (void)sigaddset(&signals, SIGINT);
  sigset_t others = signals;
  (void)sigaddset(&others, SIGHUP);
  (void)sigprocmask(SIG_SETMASK, &others, NULL);
  (void)signal(SIGCHLD, SIG_DFL);

  fault_at("pause");
  /* Now: the pod's root, which it may be soon, has no right to the sandbox's directory. */
  if (chdir("root") != 0) die("pause", errno, "cannot enter %s/root", request->directory);
  if (request->user) {
    expect(parent, MAPPED);
    become_pod_root();
  }
  if (request->pid) leave_mounts();
  if (chroot(".") != 0 || chdir("/") != 0) die("pause", errno, "cannot change to the empty root");
  drop_rights();
  set_title(request->id, title);
  const char ready = READY;
  if (write(parent, &ready, 1) != 1) _exit(1);
  expect(parent, GO);
  close(parent);
  rest(&signals);
}
