#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "detach.h"
#include "event.h"
#include "inbox.h"

enum {
  CLIENTS_MAX = 8, /* a shim has one connection, and a second while it replaces it */
  BACKLOG = 16,
  REFUSED_MILLIS = 100,
  GONE_MILLIS = 1000,
  EXIT_MILLIS = 1000,
  LATE_MILLIS = 100,
  STEP_MILLIS = 5,
  GUARD_MILLIS = 1000,
};

static const char SOCKET[] = "events.sock";

struct listener {
  const char *root, *sandbox;
  int fd;
  int clients[CLIENTS_MAX]; /* -1 for none */
};

/* What has never been written to takes no memory. */
static struct inbox inboxes[CLIENTS_MAX];

/* What a shim is answered is that its event is kept: some end when they are not. */
static bool answer(const struct listener *listener, int fd, const struct rpc_header *header,
                   struct view message) {
  int code = RPC_OK;
  if (header->type != RPC_REQUEST) return true;
  if (message.length > 0) {
    if (proto_is(proto_find_block(message, 1), EVENT_SERVICE) &&
        proto_is(proto_find_block(message, 2), "Forward")) {
      struct event event;
      event_parse(proto_find_block(message, 3), &event);
      event_keep(listener->root, listener->sandbox, &event);
    } else {
      code = RPC_UNIMPLEMENTED;
    }
  }
  return rpc_respond(fd, header->stream, code);
}

/* False when the client is to go: it has gone itself, speaks no ttrpc or does not read. */
static bool serve(const struct listener *listener, int fd, struct inbox *inbox) {
  size_t room;
  uint8_t *next = inbox_room(inbox, &room);
  ssize_t got = recv(fd, next, room, MSG_DONTWAIT);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (got <= 0) return false;
  inbox->length += (size_t)got;
  for (;;) {
    struct rpc_header header;
    struct view message;
    enum inbox_result result = inbox_next(inbox, &header, &message);
    if (result == INBOX_MORE) return true;
    if (result == INBOX_BROKEN || !answer(listener, fd, &header, message)) return false;
  }
}

static void let_in(struct listener *listener) {
  int fd CLOSE = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  /* For want of something, which would still be wanting at once. */
  if (fd < 0 && errno != EINTR && errno != EAGAIN && errno != ECONNABORTED)
    poll(NULL, 0, REFUSED_MILLIS);
  for (int i = 0; fd >= 0 && i < CLIENTS_MAX; i++) {
    if (listener->clients[i] >= 0) continue;
    listener->clients[i] = fd;
    inboxes[i].length = inboxes[i].taken = inboxes[i].left = 0;
    fd = -1;
  }
}

static _Noreturn void listen_for_ever(struct listener *listener) {
  for (;;) {
    struct pollfd ready[CLIENTS_MAX + 1] = {[CLIENTS_MAX] = {.fd = listener->fd, .events = POLLIN}};
    for (int i = 0; i < CLIENTS_MAX; i++)
      ready[i] = (struct pollfd){.fd = listener->clients[i], .events = POLLIN};
    if (poll(ready, CLIENTS_MAX + 1, -1) < 0) continue;
    for (int i = 0; i < CLIENTS_MAX; i++)
      if (ready[i].revents != 0 && !serve(listener, listener->clients[i], &inboxes[i]))
        close_owned(&listener->clients[i]);
    if (ready[CLIENTS_MAX].revents != 0) let_in(listener);
  }
}

static int stay(void *owner) {
  struct listener *listener = owner;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (null >= 0) dup2(null, fd);
  /* Whoever called jcri-task waits for the end of what it has given it. */
  dup2(listener->fd, STDERR_FILENO + 1);
  listener->fd = STDERR_FILENO + 1;
  close_range_of(STDERR_FILENO + 2, ~0U);
  listen_for_ever(listener);
}

static bool begin(void *owner, struct refusal *refusal) {
  struct listener *listener = owner;
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  char *directory FREE = formatted("%s/%s", listener->root, listener->sandbox);
  if (directory == NULL) return refuse_for_memory(refusal);
  memcpy(name.sun_path, SOCKET, sizeof SOCKET);
  /* Its caller's process group is killed when a start takes too long; delete ends this then. */
  setsid();
  prctl(PR_SET_NAME, "jcri-task-event");
  /* A shim that is not answered loses the event, and gVisor's ends. */
  write_text("/proc/self/oom_score_adj", "-998");
  /* The directory may be too long for a socket's name. */
  if (chdir(directory) != 0) return refuse(refusal, "cannot enter %s: %m", directory);
  unlink(SOCKET); /* of one that was killed */
  listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return (listener->fd >= 0 &&
          bind(listener->fd, (const struct sockaddr *)&name, sizeof name) == 0 &&
          listen(listener->fd, BACKLOG) == 0) ||
         refuse(refusal, "cannot listen for the shim's events: %m");
}

bool listener_start(const struct task *task, char *address, size_t capacity,
                    struct refusal *refusal) {
  const char *root = task->arguments->root, *sandbox = task->record.id;
  struct listener listener = {.root = root, .sandbox = sandbox, .fd = -1};
  for (int i = 0; i < CLIENTS_MAX; i++) listener.clients[i] = -1;
  const struct detached detached = {begin, stay, &listener};
  pid_t pid = detach(&detached, refusal);
  if (pid < 0) return false;
  size_t length = (size_t)snprintf(address, capacity, "%s/%s/%s", root, sandbox, SOCKET);
  if (length >= sizeof((struct sockaddr_un *)NULL)->sun_path)
    (void)snprintf(address, capacity, "/proc/%d/cwd/%s", (int)pid, SOCKET);
  return true;
}

static bool reach(struct rpc *rpc, const char *root, const char *sandbox) {
  struct refusal ignored;
  char *path FREE = formatted("%s/%s/%s", root, sandbox, SOCKET);
  *rpc = RPC_NONE;
  return path != NULL && rpc_connect(rpc, path, "", &ignored);
}

void listener_end(const char *root, const char *sandbox) {
  struct rpc rpc;
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (!reach(&rpc, root, sandbox)) return;
  /* Of whoever listens: as long as the connection stands, the number is its own. */
  if (getsockopt(rpc.fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid > 1) {
    /* The end of the process is waited for: it hangs up before it stops to listen. */
    int process CLOSE = (int)syscall(SYS_pidfd_open, peer.pid, 0);
    kill(peer.pid, SIGKILL);
    int64_t deadline = now_monotonic_millis() + GONE_MILLIS;
    for (int64_t left; (left = deadline - now_monotonic_millis()) > 0;) {
      struct pollfd end = {.fd = process >= 0 ? process : rpc.fd, .events = POLLIN};
      if (poll(&end, 1, (int)left) != 0 && errno != EINTR) break;
    }
  }
  rpc_close(&rpc);
}

/* Whoever ends the listener holds the lock until the record is gone, too. */
static void start_again(const struct task *task) {
  const char *root = task->arguments->root;
  struct record record;
  struct rpc rpc;
  struct refusal ignored;
  char address[4096];
  int lock CLOSE = record_lock(root, task->record.id);
  if (!record_read(root, task->record.id, &record)) return;
  if (!reach(&rpc, root, task->record.id))
    (void)listener_start(task, address, sizeof address, &ignored);
  rpc_close(&rpc);
}

void listener_guard(const struct task *task) {
  const char *root = task->arguments->root, *id = task->record.id;
  char *path FREE = formatted("%s/%s/%s", root, id, SOCKET);
  /* The shim of an earlier jcri-task has none. */
  if (strcmp(id, task->record.sandbox) != 0 || path == NULL || access(path, F_OK) != 0) return;
  struct pollfd shim = {.fd = task->rpc.fd, .events = POLLIN};
  while (shim.revents == 0) {
    struct rpc rpc;
    if (reach(&rpc, root, id)) {
      struct pollfd ready[] = {shim, {.fd = rpc.fd, .events = POLLIN}};
      (void)poll(ready, 2, -1);
      rpc_close(&rpc);
      if (ready[0].revents != 0) return;
    }
    start_again(task);
    /* It may have hung up on us, too, as a shim had taken all its room. */
    (void)poll(&shim, 1, GUARD_MILLIS);
  }
}

static bool heard(const struct task *task, enum event_kind kind) {
  return event_kept(task->arguments->root, task->record.id, kind);
}

/* Until that or an OOM is heard, or it makes no difference any more. */
static void await(const struct task *task, enum event_kind kind, int64_t limit) {
  int64_t deadline = now_monotonic_millis() + limit;
  struct record record;
  while (!heard(task, kind) && !heard(task, EVENT_OOM) && now_monotonic_millis() < deadline &&
         record_read(task->arguments->root, task->record.id, &record))
    poll(NULL, 0, STEP_MILLIS);
}

bool listener_heard_oom(const struct task *task, int status, bool shim_lives) {
  struct rpc rpc;
  /* Another status is not memory's doing, and what we have killed ourselves neither. */
  if (status != 128 + SIGKILL || heard(task, EVENT_OOM) || heard(task, EVENT_KILL))
    return heard(task, EVENT_OOM);
  if (!reach(&rpc, task->arguments->root, task->record.sandbox)) return false;
  rpc_close(&rpc);
  /* Shims answer Wait, tell the exit and tell the OOM each by a thread of its own. Most tell the
   * OOM before the exit; for those that do not there is a moment more. */
  if (shim_lives) await(task, EVENT_EXIT, EXIT_MILLIS);
  await(task, EVENT_OOM, LATE_MILLIS);
  return heard(task, EVENT_OOM);
}
