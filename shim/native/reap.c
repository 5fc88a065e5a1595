#include "reap.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "exec.h"
#include "runtime.h"

/* The container's process becomes our child at the moment its runtime dies (the kernel does both
 * under one lock). So whenever an unknown dead child is seen, its runtime is dead too: settling
 * the runtimes between looking (WNOWAIT) and reaping makes sure that no pid is unknown for being
 * early, and no exit code is lost. */
static void reap_all(struct shim *shim) {
  for (;;) {
    runtime_settle(shim);
    siginfo_t info = {0};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    runtime_settle(shim);
    int status;
    if (waitpid(info.si_pid, &status, WNOHANG) != info.si_pid) continue;
    if (shim->state == CONTAINER_RUNNING && info.si_pid == shim->init)
      container_ended(shim, status);
    else
      exec_reaped(shim, info.si_pid, status);
  }
}

static void signalled(struct watch *watch, uint32_t events) {
  (void)events;
  struct signalfd_siginfo info[4];
  while (read(watch->fd, info, sizeof info) > 0) continue;
  reap_all(watch->owner);
}

void reap_init(struct shim *shim) {
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
