/* A shim whose memory runs out at any point goes on to guard its container.
 *
 * The shim beside this test refuses the n-th piece of memory (or all from the n-th on), for every n
 * until a whole life asks for no more. Whatever is asked for then may be refused, but the container
 * lives on, a later request is served as soon as there is memory, and the container's end is
 * recorded in any case. A script stands in for the OCI runtime. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "wire.h"

/* What it executes ends after it, so that nobody but the shim reaps it. */
static const char RUNTIME[] =
    "#!/bin/sh\n"
    "for word; do\n"
    "  case $word in run | exec | delete) verb=$word ;; esac\n"
    "  test \"$last\" != --pid-file || pid_file=$word\n"
    "  last=$word\n"
    "done\n"
    "case $verb in\n"
    "  run) sleep 300 & ;;\n"
    "  exec) { echo said; while kill -0 $$ 2> /dev/null; do sleep 0.01; done; exit 3; } & ;;\n"
    "  delete) exit 0 ;;\n"
    "esac\n"
    "echo $! > \"$pid_file\"\n";

static char directory[] = "/tmp/jcri-shim-memory-XXXXXX";
static char shim[PATH_MAX]; /* the program */

static char *in(const char *name) {
  static char paths[8][PATH_MAX];
  static int next;
  char *path = paths[next++ % 8];
  snprintf(path, PATH_MAX, "%s/%s", directory, name);
  return path;
}

static bool holds(const char *name, const char *words) {
  char text[64 * 1024];
  return read_text(in(name), text, sizeof text) > 0 && strstr(text, words) != NULL;
}

static void await(const char *name, const char *words) {
  for (int i = 0; i < 1000 && !holds(name, words); i++) usleep(10000);
  CHECK(holds(name, words), "%s lacks %s", name, words);
}

/* The shim's pid, or 0 when it refused to start. */
static pid_t launch(const char *wish) {
  int out[2];
  CHECK(pipe(out) == 0);
  pid_t starter = fork();
  CHECK(starter >= 0);
  if (starter == 0) {
    setenv("JCRI_SHIM_NO_MEMORY", wish, 1);
    alarm(0);
    dup2(out[1], STDOUT_FILENO);
    dup2(open(in("shim.log"), O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
    close(out[0]);
    close(out[1]);
    execl(shim, shim, "--id", "c1", "--bundle", directory, "--state", directory, "--runtime",
          in("runtime"), "--runtime-root", directory, "--log", in("log"), "--exit-record",
          in("exit"), "--stdin", NULL);
    _exit(1);
  }
  close(out[1]);
  char text[32] = "";
  CHECK(read(out[0], text, sizeof text - 1) >= 0);
  close(out[0]);
  int status;
  CHECK(waitpid(starter, &status, 0) == starter);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? (pid_t)atoi(text) : 0;
}

static int dial(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", in("shim.sock"));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(fd >= 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

/* The next frame's type; 0 when the connection has ended. Descriptors that come along are closed.
 */
static int next_frame(int fd, struct frame *frame) {
  static uint8_t body[64 * 1024];
  uint8_t head[WIRE_HEADER_BYTES];
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * 3)];
  } control;
  for (size_t have = 0; have < sizeof head;) {
    struct iovec block = {head + have, sizeof head - have};
    struct msghdr message = {.msg_iov = &block,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (got <= 0) return 0;
    have += (size_t)got;
    const struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    size_t count = item == NULL ? 0 : (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int end;
      memcpy(&end, CMSG_DATA(item) + i * sizeof end, sizeof end);
      close(end);
    }
  }
  CHECK(wire_read_header(head, frame) && frame->length <= sizeof body);
  ssize_t length = (ssize_t)frame->length; /* a recv of nothing would wait for something */
  if (length > 0 && recv(fd, body, frame->length, MSG_WAITALL) != length) return 0;
  frame->body = body;
  return frame->type;
}

/* Sends a request with one number; its first answer's type. */
static int ask(int fd, enum wire_number type, enum wire_number tag, int64_t value,
               struct frame *answer) {
  struct wire_out out = {0};
  wire_begin(&out, type, 1);
  wire_number(&out, tag, value);
  if (type == REQUEST_EXEC || type == REQUEST_EXEC_SYNC) wire_text(&out, TAG_PROCESS, "{}");
  if (type == REQUEST_ATTACH) wire_number(&out, TAG_STDOUT, 1);
  wire_end(&out);
  bool sent = send(fd, wire_data(&out), out.length, MSG_NOSIGNAL) == (ssize_t)out.length;
  free(out.more);
  return sent ? next_frame(fd, answer) : 0;
}

/* The same on a connection of its own; the number of the answer, -1 when it is refused. */
static int64_t request(enum wire_number type, enum wire_number tag, int64_t value,
                       enum wire_number wanted) {
  struct frame answer;
  int fd CLOSE = dial();
  if (fd < 0 || ask(fd, type, tag, value, &answer) != REPLY_OK) return -1;
  return wire_find_number(&answer, wanted, 0);
}

static bool exec_sync(void) {
  struct frame answer;
  int fd CLOSE = dial();
  if (fd < 0) return false;
  int type = ask(fd, REQUEST_EXEC_SYNC, TAG_TIMEOUT_MILLIS, 60000, &answer);
  bool said = false;
  for (; type == REPLY_STDOUT; type = next_frame(fd, &answer)) said = true;
  return type == REPLY_EXEC_EXIT && said && wire_find_number(&answer, TAG_EXIT_CODE, 0) == 3;
}

/* An exec or attach whose descriptors are taken. */
static bool session(enum wire_number type) {
  struct frame answer;
  int fd CLOSE = dial();
  if (fd < 0 || ask(fd, type, TAG_STDIN, 1, &answer) != REPLY_OK) return false;
  int64_t id = wire_find_number(&answer, TAG_EXEC_ID, 0);
  if (request(REQUEST_TAKE, TAG_EXEC_ID, id, TAG_STDOUT) != 1) return false;
  return type == REQUEST_ATTACH || next_frame(fd, &answer) == REPLY_EXEC_EXIT;
}

/* How many of all kinds of requests were served. */
static int all_kinds(void) {
  return exec_sync() + session(REQUEST_EXEC) + session(REQUEST_ATTACH) +
         (request(REQUEST_STATUS, TAG_PID, 0, TAG_STATE) == STATE_RUNNING) +
         (request(REQUEST_REOPEN_LOG, TAG_PID, 0, TAG_PID) == 0) +
         (request(REQUEST_CLOSE_STDIN, TAG_PID, 0, TAG_PID) == 0);
}

static void delete_whole(pid_t guardian) {
  int tries = 0;
  while (request(REQUEST_DELETE, TAG_PID, 0, TAG_PID) < 0 && kill(guardian, 0) == 0)
    CHECK(++tries < 5, "not deleted");
  int status;
  CHECK(waitpid(guardian, &status, 0) == guardian);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
}

/* True when memory was refused. */
static bool life(const char *wish, bool for_ever) {
  pid_t guardian = launch(wish);
  if (guardian > 0) {
    int64_t container = -1;
    for (int i = 0; i < 3 && container < 0; i++)
      container = request(REQUEST_START, TAG_PID, 0, TAG_PID);
    CHECK(container > 0 || for_ever, "%s: not started", wish);
    if (container > 0) {
      all_kinds();
      CHECK(kill((pid_t)container, 0) == 0 && kill(guardian, 0) == 0, "%s", wish);
      if (!for_ever && holds("shim.log", "is refused")) {
        int served = all_kinds();
        CHECK(served == 6, "%s: %d of 6", wish, served);
      }
      CHECK(kill((pid_t)container, SIGTERM) == 0);
      await("exit", "\"exitCode\":143");
    }
    if (for_ever)
      CHECK(kill(guardian, SIGKILL) == 0 && waitpid(guardian, NULL, 0) == guardian);
    else
      delete_whole(guardian);
    /* What the shim's runtime had started and nobody reaped came to us. */
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
  }
  bool refused = holds("shim.log", "is refused");
  static const char *const LEFT[] = {"shim.log", "shim.sock", "log", "exit", "init.pid"};
  for (size_t i = 0; i < sizeof LEFT / sizeof LEFT[0]; i++) unlink(in(LEFT[i]));
  return refused;
}

static int all_lives(bool for_ever) {
  for (int n = 1; n < 1000; n++) {
    char wish[16];
    snprintf(wish, sizeof wish, "%d%s", n, for_ever ? "+" : "");
    if (!life(wish, for_ever)) return n;
  }
  CHECK(false, "memory is asked for without end");
  return 0;
}

int main(int argc, char **argv) {
  (void)argc;
  snprintf(shim, sizeof shim, "%.*s/jcri-shim", (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
  CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 && mkdtemp(directory) != NULL);
  alarm(120);
  int fd = open(in("runtime"), O_WRONLY | O_CREAT, 0700);
  CHECK(fd >= 0 && write_all(fd, RUNTIME, sizeof RUNTIME - 1) && close(fd) == 0);
  CHECK(all_lives(false) > 20);
  CHECK(all_lives(true) > 20);
  CHECK(unlink(in("runtime")) == 0);
  char command[PATH_MAX];
  snprintf(command, sizeof command, "rm -r '%s'", directory);
  CHECK(system(command) == 0);
  return 0;
}
