#include "reap.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "exec.h"
#include "runtime.h"

static bool reap_container(struct shim *shim) {
  int status;
  if (shim->state != STATE_RUNNING || waitpid(shim->init, &status, WNOHANG) != shim->init)
    return false;
  container_ended(shim, status);
  return true;
}

/* Orphans of the container that end up here; false when one of ours is first in the queue. */
static bool reap_strangers(struct shim *shim) {
  for (;;) {
    siginfo_t info = {0};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return true;
    if (info.si_pid == shim->init && shim->state == STATE_RUNNING) return false;
    if (exec_known(shim, info.si_pid)) return false;
    waitpid(info.si_pid, NULL, WNOHANG);
  }
}

/* A process that a runtime started becomes our child when that runtime dies, and may be dead itself
 * by then: it can even be waited for before the runtime can, as the kernel hands over the children
 * of a process before it has released the last of its threads. So only pids that we know are
 * reaped while a runtime is at work; a dead stranger keeps its pid until it can no longer turn out
 * to be the container or an exec. That way no exit code is ever taken for a stranger's. */
static void reap_all(struct shim *shim) {
  do {
    runtime_settle(shim);
    while (reap_container(shim) || exec_reap(shim)) runtime_settle(shim);
  } while (shim->children == NULL && !reap_strangers(shim));
}

static void signalled(struct watch *watch, uint32_t events) {
  (void)events;
  struct signalfd_siginfo info[4];
  while (read(watch->fd, info, sizeof info) > 0) continue;
  reap_all(watch->owner);
}

void reap_init(struct shim *shim) {
  /* Inherited as ignored, it would have the kernel reap our children and throw the codes away. */
  signal(SIGCHLD, SIG_DFL);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_SETMASK, &children, NULL);
  int fd = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) die("cannot make a signalfd: %m");
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) die("cannot become a subreaper: %m");
  shim->signals = (struct watch){.fd = fd, .ready = signalled, .owner = shim};
  loop_watch(&shim->loop, &shim->signals, EPOLLIN);
}
