/* jcri-shim: one small process per container. It starts the container through the OCI runtime, owns
 * its stdio, writes its log, reaps its exit code, and outlives the daemon.
 *
 * The command that starts it returns once the socket <state>/shim.sock answers; its exit status and
 * stderr say why if it cannot. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "container_start.h"
#include "requests.h"
#include "shim.h"

/* Whoever stops the daemon or logs out must not end the container's guardian. At a shutdown systemd
 * waits for a minute and a half for all that it has sent SIGTERM: so that one is heard, and ends a
 * guardian with nothing left to guard. */
static void ignore_signals(void) {
  static const int IGNORED[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGTERM, SIGUSR1,
                                SIGUSR2, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < sizeof IGNORED / sizeof IGNORED[0]; i++) signal(IGNORED[i], SIG_IGN);
}

/* The kernel's struct clone_args, up to the member that is wanted (Linux 5.7). */
struct clone_into {
  uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
      set_tid_size, cgroup;
};
static const uint64_t INTO_CGROUP = UINT64_C(1) << 33;

/* A child that is in a cgroup from its first moment, since to be moved there would take it
 * milliseconds; where that cannot be, in its parent's. */
static pid_t fork_into(const char *cgroup) {
  if (cgroup != NULL) {
    int directory CLOSE = open(cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct clone_into how = {
        .flags = INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)directory};
    pid_t pid = directory < 0 ? -1 : (pid_t)syscall(SYS_clone3, &how, sizeof how);
    if (pid >= 0) return pid;
  }
  return fork();
}

/* The parent returns to the client; the child is nobody's but init's. What it may have to say, it
 * writes to <state>/shim.log. */
static void become_daemon(const char *state, const char *cgroup) {
  pid_t pid = fork_into(cgroup);
  if (pid < 0) die("start", errno, "cannot fork");
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
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/shim.log", state);
  int log CLOSE = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (log >= 0) dup2(log, STDERR_FILENO);
}

/* As low as this process may go: without CAP_SYS_RESOURCE that is where it started. */
static void resist_oom(void) { write_text("/proc/self/oom_score_adj", "-998"); }

/* Whoever asks is told at once when there is nobody to take over. */
static void expect_adoption(const char *state) {
  struct adoption adoption;
  if (!adoption_read(state, &adoption))
    die("adopt", 0, "no shim has noted that the container runs");
  int process CLOSE = adoption_process(&adoption);
  if (process < 0) die("adopt", 0, "process %d has gone", (int)adoption.pid);
}

static void adopt(struct shim *shim) {
  struct refusal refusal;
  if (!container_adopt(&shim->container, &refusal)) die("adopt", 0, "%s", refusal.text);
}

/* Each part is told of those that it uses, which come before it. */
static void assemble(struct shim *shim) {
  struct loop *loop = &shim->loop;
  const struct options *options = &shim->options;
  loop_open(loop);
  shim->conns.loop = loop;
  shim->conns.request = request_handle;
  shim->conns.owner = shim;
  shim->runtime.options = options;
  shim->attaches = (struct attaches){.loop = loop, .options = options, .input = {.fd = -1}};
  output_init(&shim->output, loop, &shim->attaches, options->terminal);
  shim->container = (struct container){
      .options = options,
      .loop = loop,
      .conns = &shim->conns,
      .runtime = &shim->runtime,
      .cgroups = &shim->cgroups,
      .output = &shim->output,
      .attaches = &shim->attaches,
  };
  container_init(&shim->container);
  shim->execs = (struct execs){
      .options = options,
      .loop = loop,
      .runtime = &shim->runtime,
      .cgroups = &shim->cgroups,
      .guest = &shim->container.guest,
  };
  removal_init(&shim->removal, &shim->container);
  shim->reaper = (struct reaper){
      .runtime = &shim->runtime,
      .container = &shim->container,
      .execs = &shim->execs,
  };
  reap_init(&shim->reaper, loop);
}

static void run(struct shim *shim) {
  ignore_signals();
  resist_oom();
  assemble(shim);
  if (shim->options.adopt) adopt(shim);
  conns_serve(&shim->conns);
  while (!shim->removal.done &&
         !(shim->reaper.dismissed && removal_leaves_nothing(&shim->removal))) {
    loop_turn(&shim->loop);
    conns_sweep(&shim->conns);
  }
  output_close(&shim->output);
  conns_close(&shim->conns);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    printf("jcri-shim protocol %d\n", WIRE_VERSION);
    return 0;
  }
  static struct shim shim;
  struct refusal refusal;
  descriptors_hold_stdio();
  if (!options_parse(&shim.options, argc, argv, &refusal)) die("options", 0, "%s", refusal.text);
  if (chdir("/") != 0) die("start", errno, "cannot change to /");
  umask(0027); /* the log is for its group to read, as log collectors expect */
  prctl(PR_SET_NAME, "jcri-shim", 0, 0, 0);
  if (shim.options.adopt) expect_adoption(shim.options.state);
  conns_listen(&shim.conns, shim.options.state);
  become_daemon(shim.options.state, shim.options.own_cgroup);
  run(&shim);
  return 0;
}
