#include "conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "socket_name.h"

enum { CONNECTIONS_MAX = 1024, QUEUE_KEPT = 4096 };

static void conn_kill(struct conn *conn) {
  if (conn->dead) return;
  conn->dead = true;
  loop_close(conn->conns->loop, &conn->watch);
  for (int i = 0; i < conn->fd_count; i++) close(conn->fds[i]);
  conn->fd_count = 0;
  if (conn->closed != NULL) conn->closed(conn);
  conn->session = NULL;
}

size_t conn_backlog(const struct conn *conn) { return conn->out.length - conn->sent; }

/* The first bytes sent carry the descriptors; from then on they are the peer's. */
static ssize_t send_some(struct conn *conn) {
  /* sendmsg only reads it. */
  struct iovec block = {(void *)(uintptr_t)(wire_data(&conn->out) + conn->sent),
                        conn_backlog(conn)};
  struct msghdr message = {.msg_iov = &block, .msg_iovlen = 1};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * CONN_FDS)];
  } control;
  if (conn->fd_count > 0) {
    size_t size = sizeof(int) * (size_t)conn->fd_count;
    memset(&control, 0, sizeof control);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = (unsigned)CMSG_LEN(size);
    memcpy(CMSG_DATA(&control.header), conn->fds, size);
    message.msg_control = &control;
    message.msg_controllen = (unsigned)CMSG_SPACE(size);
  }
  ssize_t sent = sendmsg(conn->watch.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) {
    for (int i = 0; i < conn->fd_count; i++) close(conn->fds[i]);
    conn->fd_count = 0;
  }
  return sent;
}

void conn_flush(struct conn *conn) {
  if (conn->dead) return;
  /* A frame that is missing is a question without its answer: the end of the connection is one. */
  if (conn->out.broken) {
    conn_kill(conn);
    return;
  }
  while (conn_backlog(conn) > 0) {
    ssize_t sent = send_some(conn);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      loop_watch(conn->conns->loop, &conn->watch, EPOLLIN | EPOLLOUT);
      return;
    }
    if (sent <= 0) {
      conn_kill(conn);
      return;
    }
    conn->sent += (size_t)sent;
  }
  wire_clear(&conn->out, QUEUE_KEPT);
  conn->sent = 0;
  loop_watch(conn->conns->loop, &conn->watch, EPOLLIN);
  if (conn->close_when_sent) conn_kill(conn);
}

uint32_t conn_answers(struct conn *conn, enum conn_wait wait) {
  uint32_t id = conn->waits[wait];
  conn->waits[wait] = 0;
  return conn->dead ? 0 : id;
}

void conn_reply_ok(struct conn *conn, uint32_t id) {
  wire_begin(&conn->out, REPLY_OK, id);
  wire_end(&conn->out);
  conn_flush(conn);
}

void conn_reply_descriptors(struct conn *conn, uint32_t id, int ends[CONN_FDS]) {
  wire_begin(&conn->out, REPLY_OK, id);
  for (int i = 0; i < CONN_FDS; i++) {
    wire_number(&conn->out, TAG_STDIN + (unsigned)i, ends[i] >= 0);
    if (ends[i] >= 0) conn->fds[conn->fd_count++] = ends[i];
    ends[i] = -1;
  }
  wire_end(&conn->out);
  conn_flush(conn);
}

void conn_reply_error(struct conn *conn, uint32_t id, const char *text) {
  wire_begin(&conn->out, REPLY_ERROR, id);
  wire_text(&conn->out, TAG_ERROR, text);
  wire_end(&conn->out);
  conn_flush(conn);
}

/* Reads on towards one whole frame; true when it is there. */
static bool read_frame(struct conn *conn) {
  for (;;) {
    bool in_head = conn->have < WIRE_HEADER_BYTES;
    uint8_t *at = in_head ? conn->head + conn->have : conn->body + (conn->have - WIRE_HEADER_BYTES);
    size_t wanted =
        (in_head ? WIRE_HEADER_BYTES : WIRE_HEADER_BYTES + conn->frame.length) - conn->have;
    ssize_t got = wanted == 0 ? 0 : recv(conn->watch.fd, at, wanted, MSG_DONTWAIT);
    if (wanted > 0) {
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
      if (got <= 0) {
        conn_kill(conn);
        return false;
      }
      conn->have += (size_t)got;
    }
    if (in_head && conn->have == WIRE_HEADER_BYTES) {
      if (!wire_read_header(conn->head, &conn->frame)) {
        conn_kill(conn);
        return false;
      }
      conn->body = resized(NULL, conn->frame.length + 1);
      if (conn->body == NULL) {
        conn_kill(conn);
        return false;
      }
      conn->frame.body = conn->body;
    }
    if (conn->have >= WIRE_HEADER_BYTES && conn->have == WIRE_HEADER_BYTES + conn->frame.length)
      return true;
  }
}

static void ready(struct watch *watch, uint32_t events) {
  struct conn *conn = watch->owner;
  if (events & EPOLLOUT) {
    conn_flush(conn);
    if (!conn->dead && conn_backlog(conn) == 0 && conn->drained != NULL) conn->drained(conn);
  }
  if (conn->dead || !(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  if (!read_frame(conn)) return;
  if (wire_body_valid(&conn->frame)) {
    conn->conns->request(conn, &conn->frame);
  } else {
    conn_reply_error(conn, conn->frame.id, "malformed request");
    conn->close_when_sent = true;
    conn_flush(conn);
  }
  free(conn->body);
  conn->body = NULL;
  conn->have = 0;
}

/* The socket's mode keeps others out already; a descriptor that leaked elsewhere does not help. */
static bool peer_allowed(int fd) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == geteuid();
}

static void accept_one(struct watch *watch, uint32_t events) {
  (void)events;
  struct conns *conns = watch->owner;
  int fd CLOSE = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  int open_now = 0;
  for (struct conn *conn = conns->first; conn != NULL; conn = conn->next) open_now++;
  if (open_now >= CONNECTIONS_MAX || !peer_allowed(fd)) return;
  struct conn *conn = new_zeroed(sizeof *conn);
  if (conn == NULL) return;
  conn->watch = (struct watch){.fd = fd, .ready = ready, .owner = conn};
  if (!loop_watch(conns->loop, &conn->watch, EPOLLIN)) {
    free(conn);
    return;
  }
  fd = -1;
  conn->conns = conns;
  conn->next = conns->first;
  conns->first = conn;
}

void conns_listen(struct conns *conns, const char *state) {
  struct sockaddr_un address;
  int directory CLOSE = -1;
  conns->path = formatted("%s/shim.sock", state);
  if (conns->path == NULL || !socket_name(&address, conns->path, &directory))
    die("socket", errno, "cannot name the socket in %s", state);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket", errno, "cannot make a socket");
  /* What a shim that was killed has left; a living one is never pushed aside. */
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN)
    die("socket", 0, "a shim listens on %s already", conns->path);
  if (errno == ECONNREFUSED) unlink(conns->path);
  mode_t mask = umask(0177);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
    die("socket", errno, "cannot bind %s", conns->path);
  umask(mask);
  if (listen(fd, 128) != 0) die("socket", errno, "cannot listen on %s", conns->path);
  conns->listener = (struct watch){.fd = fd, .ready = accept_one, .owner = conns};
}

void conns_serve(struct conns *conns) {
  if (!loop_watch(conns->loop, &conns->listener, EPOLLIN))
    die("loop", errno, "cannot wait for connections");
}

void conns_close(struct conns *conns) {
  for (struct conn *conn = conns->first; conn != NULL; conn = conn->next) {
    if (!conn->dead) conn_flush(conn);
    conn_kill(conn);
  }
}

void conns_sweep(struct conns *conns) {
  struct conn **at = &conns->first;
  while (*at != NULL) {
    struct conn *conn = *at;
    if (!conn->dead) {
      at = &conn->next;
      continue;
    }
    *at = conn->next;
    free(conn->body);
    free(conn->out.more);
    free(conn);
  }
}
