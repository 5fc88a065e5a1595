/* Connections of clients: reads requests, queues answers, passes descriptors. What the requests
 * mean is not known here. */
#ifndef JCRI_CONN_H
#define JCRI_CONN_H

#include "loop.h"
#include "wire.h"

enum { CONN_FDS = 3 };

/* What is answered later, each asked for at most once by a connection. */
enum conn_wait { WAIT_START, WAIT_DELETE, WAIT_EXIT, WAITS };

struct conns;

struct conn {
  struct watch watch;
  struct conns *conns;
  struct conn *next;

  uint8_t head[WIRE_HEADER_BYTES];
  size_t have; /* bytes of header and body that have come */
  struct frame frame;
  uint8_t *body;

  struct wire_out out;
  size_t sent;
  int fds[CONN_FDS]; /* go with the next bytes sent, then they are closed here */
  int fd_count;

  uint32_t waits[WAITS]; /* ids of the requests without their answer, 0 for none */
  bool close_when_sent;
  bool dead; /* freed at the end of this turn of the loop */

  /* One exec or attach lives on a connection; it hears of its end and of an emptied queue. */
  void *session;
  void (*closed)(struct conn *conn);
  void (*drained)(struct conn *conn);
};

/* All connections of a shim, and the socket that they come by. */
struct conns {
  struct loop *loop;
  struct watch listener;
  char *path; /* of the socket */
  struct conn *first;
  uint32_t sessions; /* how many execs and attaches there were: the last one's id */
  void (*request)(struct conn *conn, const struct frame *frame);
  void *owner;
};

/* Binds <state>/shim.sock (0600, in the 0700 state directory) and listens; dies when it cannot. */
void conns_listen(struct conns *conns, const char *state);

/* From now on requests are handed to conns->request. */
void conns_serve(struct conns *conns);

/* Sends what is left as far as it goes at once, and closes all connections. */
void conns_close(struct conns *conns);

/* Frees the connections that died in this turn. */
void conns_sweep(struct conns *conns);

/* Sends what is queued as far as the peer takes it. */
void conn_flush(struct conn *conn);
size_t conn_backlog(const struct conn *conn);

/* The id of a request that still waits for this answer, which it then does no more; 0 when there is
 * none, or nobody to hear it. */
uint32_t conn_answers(struct conn *conn, enum conn_wait wait);

void conn_reply_ok(struct conn *conn, uint32_t id);
/* Answers with those of the three descriptors that are not -1; they are the peer's then. */
void conn_reply_descriptors(struct conn *conn, uint32_t id, int ends[CONN_FDS]);
void conn_reply_error(struct conn *conn, uint32_t id, const char *text);

#endif
