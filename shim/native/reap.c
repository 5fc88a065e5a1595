#include "reap.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Orphans of the container that end up here; false when one of ours is first in the queue. */
static bool reap_strangers(const struct reaper *reaper) {
  const struct container *container = reaper->container;
  for (;;) {
    siginfo_t info = {0};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return true;
    if (container_is(container, info.si_pid)) return false;
    if (runtime_is(reaper->runtime, info.si_pid)) return false;
    if (exec_known(reaper->execs, info.si_pid)) return false;
    waitpid(info.si_pid, NULL, WNOHANG);
  }
}

/* A process that a runtime started becomes our child when that runtime dies, and may be dead itself
 * by then: it can even be waited for before the runtime can, as the kernel hands over the children
 * of a process before it has released the last of its threads. So only pids that we know are
 * reaped while a runtime is at work; a dead stranger keeps its pid until it can no longer turn out
 * to be the container or an exec. That way no exit code is ever taken for a stranger's. */
static void reap_all(const struct reaper *reaper) {
  struct runtime *runtime = reaper->runtime;
  do {
    runtime_settle(runtime);
    while (container_reap(reaper->container) || exec_reap(reaper->execs)) runtime_settle(runtime);
  } while (!runtime_starts(runtime) && !reap_strangers(reaper));
}

static void signalled(struct watch *watch, uint32_t events) {
  (void)events;
  struct reaper *reaper = watch->owner;
  struct signalfd_siginfo info;
  while (read(watch->fd, &info, sizeof info) > 0)
    if (info.ssi_signo == SIGTERM) reaper->dismissed = true;
  reap_all(reaper);
}

void reap_init(struct reaper *reaper, struct loop *loop) {
  /* Inherited as ignored, it would have the kernel reap our children and throw the codes away. */
  signal(SIGCHLD, SIG_DFL);
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  sigaddset(&awaited, SIGTERM);
  sigprocmask(SIG_SETMASK, &awaited, NULL);
  int fd = signalfd(-1, &awaited, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) die("reaper", errno, "cannot make a signalfd");
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
    die("reaper", errno, "cannot become a subreaper");
  reaper->signals = (struct watch){.fd = fd, .ready = signalled, .owner = reaper};
  if (!loop_watch(loop, &reaper->signals, EPOLLIN)) die("reaper", errno, "cannot wait for signals");
}
