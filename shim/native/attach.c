#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conn.h"
#include "relay.h"

enum { PIPE_SIZE = 256 * 1024 };

struct attach {
  struct shim *shim;
  struct conn *conn;
  struct attach *next;
  struct relay in;
  int sinks[2]; /* stdout, stderr: write ends, -1 when not wanted or ended */
  int64_t dropped[2];
};

void attach_close_stdin(struct shim *shim) {
  if (!shim->options.terminal) loop_close(&shim->loop, &shim->input);
}

static void close_sink(struct attach *attach, int which) { close_owned(&attach->sinks[which]); }

static void dispose(struct attach *attach) {
  struct attach **at = &attach->shim->attaches;
  while (*at != attach) at = &(*at)->next;
  *at = attach->next;
  free(attach);
}

/* Everything the client wrote has reached the container, or the container takes no more. */
static void stdin_finished(struct relay *relay) {
  struct attach *attach = relay->owner;
  if (attach->shim->options.stdin_once) attach_close_stdin(attach->shim);
  if (attach->conn == NULL) dispose(attach);
}

/* What the client had written still lies in its pipe and belongs to the container, so the relay
 * outlives the connection until it has delivered that. */
static void client_gone(struct conn *conn) {
  struct attach *attach = conn->session;
  close_sink(attach, 0);
  close_sink(attach, 1);
  attach->conn = NULL;
  if (relay_active(&attach->in))
    relay_end(&attach->in);
  else
    dispose(attach);
}

/* Makes a pipe, keeps one end and passes the other with the next bytes to the client. */
static int pass_pipe(struct conn *conn, bool client_reads) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
  int kept = client_reads ? ends[1] : ends[0];
  fcntl(kept, F_SETFL, O_NONBLOCK);
  conn->fds[conn->fd_count++] = client_reads ? ends[0] : ends[1];
  return kept;
}

void attach_begin(struct conn *conn, const struct frame *request) {
  struct shim *shim = conn->shim;
  if (conn->session != NULL || shim->state != CONTAINER_RUNNING) {
    conn_reply_error(conn, request->id,
                     conn->session != NULL ? "connection is in use" : "container is not running");
    return;
  }
  bool wants_in = wire_find_number(request, TAG_STDIN, 0) != 0 && shim->input.fd >= 0;
  bool wants_out = wire_find_number(request, TAG_STDOUT, 0) != 0;
  bool wants_err = wire_find_number(request, TAG_STDERR, 0) != 0 && !shim->options.terminal;
  struct attach *attach = new_zeroed(sizeof *attach);
  *attach = (struct attach){.shim = shim, .conn = conn, .sinks = {-1, -1}, .next = shim->attaches};
  shim->attaches = attach;
  conn->session = attach;
  conn->closed = client_gone;

  wire_begin(&conn->out, REPLY_OK, request->id);
  if (wants_in) {
    int to = fcntl(shim->input.fd, F_DUPFD_CLOEXEC, 0);
    int from = to < 0 ? -1 : pass_pipe(conn, false);
    if (from >= 0)
      relay_start(&attach->in, &shim->loop, from, to, stdin_finished, attach);
    else
      close_owned(&to);
  }
  if (wants_out) attach->sinks[0] = pass_pipe(conn, true);
  if (wants_err) attach->sinks[1] = pass_pipe(conn, true);
  wire_number(&conn->out, TAG_STDIN, relay_active(&attach->in));
  wire_number(&conn->out, TAG_STDOUT, attach->sinks[0] >= 0);
  wire_number(&conn->out, TAG_STDERR, attach->sinks[1] >= 0);
  wire_end(&conn->out);
  conn_flush(conn);
}

static ssize_t put(int fd, const char *data, size_t length) {
  ssize_t written;
  do written = write(fd, data, length);
  while (written < 0 && errno == EINTR);
  return written;
}

/* Tells of a gap before anything that came after it. */
static bool tell_dropped(struct attach *attach, int which) {
  if (attach->dropped[which] == 0) return true;
  char line[64];
  int length = snprintf(line, sizeof line, "[jcri: %lld bytes dropped]\r\n",
                        (long long)attach->dropped[which]);
  /* Shorter than PIPE_BUF: written whole or not at all. */
  if (put(attach->sinks[which], line, (size_t)length) < 0) return errno != EAGAIN;
  attach->dropped[which] = 0;
  return true;
}

static void offer(struct attach *attach, int which, const char *data, size_t length) {
  if (!tell_dropped(attach, which)) {
    attach->dropped[which] += (int64_t)length;
    return;
  }
  while (length > 0) {
    ssize_t written = put(attach->sinks[which], data, length);
    if (written < 0 && errno == EAGAIN) {
      attach->dropped[which] += (int64_t)length;
      return;
    }
    if (written < 0) {
      close_sink(attach, which);
      return;
    }
    data += written;
    length -= (size_t)written;
  }
}

void attach_output(struct shim *shim, bool error, const char *data, size_t length) {
  for (struct attach *attach = shim->attaches; attach != NULL; attach = attach->next)
    if (attach->sinks[error] >= 0) offer(attach, error, data, length);
}

void attach_output_ended(struct shim *shim, bool error) {
  for (struct attach *attach = shim->attaches; attach != NULL; attach = attach->next) {
    if (attach->sinks[error] >= 0) tell_dropped(attach, error);
    close_sink(attach, error);
  }
}

void attach_end_all(struct shim *shim) {
  struct attach *next;
  for (struct attach *attach = shim->attaches; attach != NULL; attach = next) {
    next = attach->next;
    for (int which = 0; which < 2; which++) {
      if (attach->sinks[which] >= 0) tell_dropped(attach, which);
      close_sink(attach, which);
    }
    relay_stop(&attach->in);
    if (attach->conn == NULL) dispose(attach);
  }
}
