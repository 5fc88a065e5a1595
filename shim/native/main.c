/* jcri-shim: one small process per container. It starts the container through the OCI runtime, owns
 * its stdio, writes its log, reaps its exit code, and outlives the daemon.
 *
 * The command that starts it returns once the socket <state>/shim.sock answers; its exit status and
 * stderr say why if it cannot. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conn.h"
#include "container.h"
#include "output.h"
#include "reap.h"

/* 0, 1 and 2 are always taken, so that no descriptor of ours is ever mistaken for stdio. */
static void hold_stdio(void) {
  int fd;
  do fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd < 0) die("cannot open /dev/null: %m");
  close(fd);
}

/* Whoever stops the daemon or logs out must not end the container's guardian. */
static void ignore_signals(void) {
  static const int IGNORED[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGTERM, SIGUSR1,
                                SIGUSR2, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < sizeof IGNORED / sizeof IGNORED[0]; i++) signal(IGNORED[i], SIG_IGN);
}

/* The parent returns to the client; the child is nobody's but init's. What it may have to say, it
 * writes to <state>/shim.log. */
static void become_daemon(const char *state) {
  pid_t pid = fork();
  if (pid < 0) die("cannot fork: %m");
  if (pid > 0) {
    printf("%d\n", (int)pid);
    fflush(stdout);
    _exit(0);
  }
  /* A group of its own, out of reach of the daemon's terminal, but not a session: with autogroups
   * that would be a scheduling group, and a start on a busy machine took half as long again. */
  setpgid(0, 0);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int i = 0; i < 3; i++) dup2(null, i);
  close(null);
  char *path FREE = formatted("%s/shim.log", state);
  int log CLOSE = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (log >= 0) dup2(log, STDERR_FILENO);
}

/* As low as this process may go: without CAP_SYS_RESOURCE that is where it started. */
static void resist_oom(void) { write_text("/proc/self/oom_score_adj", "-998"); }

static void run(struct shim *shim) {
  ignore_signals();
  resist_oom();
  loop_open(&shim->loop);
  reap_init(shim);
  output_init(shim);
  container_init(shim);
  loop_watch(&shim->loop, &shim->listener, EPOLLIN);
  while (!shim->done) {
    loop_turn(&shim->loop);
    conn_sweep(shim);
  }
  conn_close_all(shim);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    printf("jcri-shim protocol %d\n", WIRE_VERSION);
    return 0;
  }
  static struct shim shim;
  char *error = NULL;
  hold_stdio();
  if (!options_parse(&shim.options, argc, argv, &error)) die("%s", error);
  if (chdir("/") != 0) die("cannot change to /: %m");
  umask(0027); /* the log is for its group to read, as log collectors expect */
  prctl(PR_SET_NAME, "jcri-shim", 0, 0, 0);
  conn_listen(&shim);
  become_daemon(shim.options.state);
  run(&shim);
  return 0;
}
