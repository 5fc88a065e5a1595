#include "attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "relay.h"

enum { PIPE_SIZE = 256 * 1024 };

struct attach {
  struct attaches *attaches;
  struct conn *conn;
  struct attach *next;
  uint32_t id;
  struct relay in;
  struct watch sinks[2]; /* stdout, stderr: write ends; no descriptor when not wanted or ended */
  int64_t dropped[2];
  int client_ends[3]; /* until the client takes them */
};

void attach_close_stdin(struct attaches *attaches) {
  if (!attaches->options->terminal) loop_close(attaches->loop, &attaches->input);
}

static void close_sink(struct attach *attach, int which) {
  loop_close(attach->attaches->loop, &attach->sinks[which]);
}

static void dispose(struct attach *attach) {
  struct attach **at = &attach->attaches->first;
  while (*at != attach) at = &(*at)->next;
  *at = attach->next;
  relay_stop(&attach->in);
  for (int i = 0; i < 3; i++) close_owned(&attach->client_ends[i]);
  free(attach);
}

/* Everything the client wrote has reached the container, or the container takes no more. */
static void stdin_finished(struct relay *relay) {
  struct attach *attach = relay->owner;
  if (attach->attaches->options->stdin_once) attach_close_stdin(attach->attaches);
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
  if (put(attach->sinks[which].fd, line, (size_t)length) < 0) return errno != EAGAIN;
  attach->dropped[which] = 0;
  return true;
}

/* A full pipe at the end of the stream: the gap is told of when the client has made room. */
static void room_again(struct watch *watch, uint32_t events) {
  (void)events;
  struct attach *attach = watch->owner;
  int which = watch == &attach->sinks[1];
  if (tell_dropped(attach, which)) close_sink(attach, which);
}

static void end_sink(struct attach *attach, int which) {
  struct watch *sink = &attach->sinks[which];
  if (sink->fd < 0) return;
  if (tell_dropped(attach, which))
    close_sink(attach, which);
  else
    loop_watch(attach->attaches->loop, sink, EPOLLOUT);
}

/* Makes the pipe of one stream, keeps one end and puts the other by for the client. */
static int make_pipe(struct attach *attach, int stream) {
  bool client_reads = stream != 0;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
  int kept = client_reads ? ends[1] : ends[0];
  fcntl(kept, F_SETFL, O_NONBLOCK);
  attach->client_ends[stream] = client_reads ? ends[0] : ends[1];
  return kept;
}

/* What the client writes goes to a descriptor of the container's stdin of its own. */
static void connect_stdin(struct attach *attach) {
  struct attaches *attaches = attach->attaches;
  int to = fcntl(attaches->input.fd, F_DUPFD_CLOEXEC, 0);
  int from = to < 0 ? -1 : make_pipe(attach, 0);
  if (from >= 0)
    relay_start(&attach->in, attaches->loop, from, to, stdin_finished, attach);
  else
    close_owned(&to);
}

void attach_begin(struct attaches *attaches, struct conn *conn, const struct frame *request) {
  bool wants_in = wire_find_number(request, TAG_STDIN, 0) != 0 && attaches->input.fd >= 0;
  bool wants_out = wire_find_number(request, TAG_STDOUT, 0) != 0;
  bool wants_err = wire_find_number(request, TAG_STDERR, 0) != 0 && !attaches->options->terminal;
  struct relay in = RELAY_NONE;
  struct attach *attach = new_zeroed(sizeof *attach);
  if (attach == NULL || (wants_in && !relay_reserve(&in))) {
    struct refusal refusal;
    refuse_for_memory(&refusal);
    free(attach);
    conn_reply_error(conn, request->id, refusal.text);
    return;
  }
  *attach = (struct attach){
      .attaches = attaches,
      .conn = conn,
      .next = attaches->first,
      .id = ++conn->conns->sessions,
      .in = in,
      .client_ends = {-1, -1, -1},
  };
  for (int i = 0; i < 2; i++)
    attach->sinks[i] = (struct watch){.fd = -1, .ready = room_again, .owner = attach};
  attaches->first = attach;
  conn->session = attach;
  conn->closed = client_gone;

  if (wants_in) connect_stdin(attach);
  if (wants_out) attach->sinks[0].fd = make_pipe(attach, 1);
  if (wants_err) attach->sinks[1].fd = make_pipe(attach, 2);
  wire_begin(&conn->out, REPLY_OK, request->id);
  wire_number(&conn->out, TAG_EXEC_ID, attach->id);
  wire_number(&conn->out, TAG_STDIN, relay_active(&attach->in));
  wire_number(&conn->out, TAG_STDOUT, attach->sinks[0].fd >= 0);
  wire_number(&conn->out, TAG_STDERR, attach->sinks[1].fd >= 0);
  wire_end(&conn->out);
  conn_flush(conn);
}

int *attach_client_ends(struct attaches *attaches, uint32_t id) {
  for (struct attach *attach = attaches->first; attach != NULL; attach = attach->next)
    if (attach->id == id && attach->conn != NULL) return attach->client_ends;
  return NULL;
}

static void offer(struct attach *attach, int which, const char *data, size_t length) {
  if (!tell_dropped(attach, which)) {
    attach->dropped[which] += (int64_t)length;
    return;
  }
  while (length > 0) {
    ssize_t written = put(attach->sinks[which].fd, data, length);
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

void attach_output(struct attaches *attaches, bool error, const char *data, size_t length) {
  for (struct attach *attach = attaches->first; attach != NULL; attach = attach->next)
    if (attach->sinks[error].fd >= 0) offer(attach, error, data, length);
}

void attach_output_ended(struct attaches *attaches, bool error) {
  for (struct attach *attach = attaches->first; attach != NULL; attach = attach->next)
    end_sink(attach, error);
}

void attach_end_all(struct attaches *attaches) {
  struct attach *next;
  for (struct attach *attach = attaches->first; attach != NULL; attach = next) {
    next = attach->next;
    end_sink(attach, 0);
    end_sink(attach, 1);
    relay_stop(&attach->in);
    if (attach->conn == NULL) dispose(attach);
  }
}
