/* jcri-sandbox: makes the kernel side of one pod and leaves its pause process behind.
 *
 *   jcri-sandbox id=<text> dir=<absolute directory> [key=value ...]
 *
 *   new=net|ipc|uts|pid|user   a namespace of the pod's own; without it the pod uses the node's
 *   hostname=<name>            needs new=uts
 *   sysctl=<name>=<value>      only those that a namespace of the pod owns
 *   uidmap=<inside> <outside> <count>, gidmap=...   needs new=user; repeated
 *   cgroup=<directory>         a cgroup that exists, of version 1 or 2; repeated, one for each
 *                              hierarchy
 *   oom=<-1000..1000>          oom_score_adj, clamped to what the kernel allows
 *   shm=<bytes>                a tmpfs of this size; needs new=ipc
 *
 * Below dir, which exists, it makes ns/<name> (the pinned namespaces), shm (a mount) and pause
 * ("<pid> <start time>"). It prints one line and exits:
 *
 *   ok <pid> <start time>      status 0; start time as in /proc/<pid>/stat, field 22
 *   error <stage>: <message>   status 1; nothing is left behind
 *
 * Stages: request, cgroup, clone, idmap, enter, hostname, sysctl, loopback, pin, shm, oom, pidfile,
 * pause. In stage request the asker is at fault, in sysctl and idmap most likely.
 *
 * Two processes work: this one keeps the node's rights and mount namespace and does everything that
 * needs them; its child is born in the new namespaces, drops all rights and becomes the pause
 * process. When this one dies half way, the child reads the end of their socket and dies too. When
 * nobody reads the answer, all is taken back.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"
#include "pause.h"
#include "report.h"

static struct request request;
static pid_t child = -1;
static int sockets[2] = {-1, -1}; /* this process's end, the child's end */
static char said[1024];

/* What the child says: READY, or its error line. */
static ssize_t listen_to_child(int flags) {
  ssize_t got;
  do {
    got = recv(sockets[0], said, sizeof said - 1, flags);
    /* A child that ended before it read our last word resets the socket once; its own last word
     * comes after that. */
  } while (got < 0 && (errno == EINTR || errno == ECONNRESET));
  if (got > 0) said[got] = '\0';
  return got;
}

static const char *undo(void) {
  const char *cause = NULL;
  if (child > 0) {
    /* A child that failed took its namespaces with it, and this process fell over that. */
    cause = listen_to_child(MSG_DONTWAIT) > 1 ? said : NULL;
    (void)kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
  }
  directory_clean();
  return cause;
}

static void start_child(int cgroup2, struct title title) {
  /* The child's future root. A process may stand in a directory that is gone: nothing is in it, and
   * nothing can be made in it. */
  if (mkdir("root", 0555) != 0) die("pause", errno, "cannot create %s/root", request.directory);
  child = namespaces_clone(&request, cgroup2);
  if (child == 0) pause_run(&request, sockets[1], title);
  close(sockets[1]);
}

static void tell(char byte) {
  if (write(sockets[0], &byte, 1) != 1)
    die("pause", errno, "the pause process of %s has died", request.id);
}

static void await_ready(void) {
  /* An error line stays in the socket, for undo; READY does not: an end that closes with something
   * unread resets the other, and GO would be lost. */
  if (listen_to_child(MSG_PEEK) != 1 || listen_to_child(0) != 1 || said[0] != READY)
    die("pause", 0, "the pause process of %s has died", request.id);
}

static void answer(uint64_t start_time) {
  char line[64];
  int length = snprintf(line, sizeof line, "ok %d %" PRIu64 "\n", child, start_time);
  if (write(STDOUT_FILENO, line, (size_t)length) != length)
    die("answer", errno, "nobody reads the answer");
}

static struct title title_of(int argc, char **argv) {
  char *end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
  return (struct title){argv[0], (size_t)(end - argv[0])};
}

int main(int argc, char **argv) {
  descriptors_settle();
  (void)signal(SIGPIPE, SIG_IGN);
  (void)signal(SIGCHLD, SIG_DFL);
  (void)umask(0);

  struct request_error refused;
  if (argc < 1 || !request_parse(&request, argc - 1, argv + 1, &refused))
    die("request", 0, "%s", argc < 1 ? "no arguments" : refused.text);
  if (chdir(request.directory) != 0)
    die("request", errno, "cannot use the directory %s", request.directory);
  /* One sandbox a directory: without this the undo of a second one would take the first one down.
   */
  if (access("ns", F_OK) == 0 || access("pause", F_OK) == 0)
    die("request", 0, "%s holds a sandbox already", request.directory);
  report_undo_with(undo);
  int cgroup2 CLOSE = cgroups_join(&request);
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
    die("pause", errno, "cannot make a socket pair");
  start_child(cgroup2, title_of(argc, argv));
  if (request.user) {
    idmap_write(&request, child);
    tell(MAPPED);
  }
  namespaces_enter(&request, child);
  hostname_set(&request);
  sysctls_write(&request);
  loopback_up(&request);
  shm_mount(&request);
  namespaces_pin(&request, child);
  oom_score_set(&request, child);
  uint64_t start_time = pidfile_write(child);
  await_ready();
  (void)rmdir("root");
  tell(GO);
  answer(start_time);
  return 0;
}
