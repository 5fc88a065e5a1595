/* The one process of a sandbox container: it waits to be ended, and reaps what is left to it when
 * the pod's containers share its pid namespace. Needs nothing of its root file system. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

int main(void) {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGINT);
  sigaddset(&awaited, SIGCHLD);
  sigprocmask(SIG_BLOCK, &awaited, NULL);
  for (;;) {
    int signal;
    if (sigwait(&awaited, &signal) != 0) continue;
    if (signal != SIGCHLD) return EXIT_SUCCESS;
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
  }
}
