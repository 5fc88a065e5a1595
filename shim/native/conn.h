/* Connections of clients: reads requests, queues answers, passes descriptors. */
#ifndef JCRI_CONN_H
#define JCRI_CONN_H

#include "shim.h"

enum { CONN_FDS = 3 };

struct conn {
  struct watch watch;
  struct shim *shim;
  struct conn *next;

  uint8_t head[WIRE_HEADER_BYTES];
  size_t have; /* bytes of header and body that have come */
  struct frame frame;
  uint8_t *body;

  struct wire_out out;
  size_t sent;
  int fds[CONN_FDS]; /* go with the next bytes sent, then they are closed here */
  int fd_count;

  bool watching;      /* is told of the container's exit */
  uint32_t watch_id;  /* id of the watch request */
  uint32_t start_id;  /* id of a start request without answer, 0 for none */
  uint32_t delete_id; /* the same for a delete */
  bool close_when_sent;
  bool dead; /* freed at the end of this turn of the loop */

  /* One exec or attach lives on a connection; it hears of its end and of an emptied queue. */
  void *session;
  void (*closed)(struct conn *conn);
  void (*drained)(struct conn *conn);
};

/* Binds the socket (0600, in the 0700 state directory) and listens. */
void conn_listen(struct shim *shim);

/* Sends what is queued as far as the peer takes it. */
void conn_flush(struct conn *conn);
size_t conn_backlog(const struct conn *conn);

void conn_reply_ok(struct conn *conn, uint32_t id);
/* Answers with those of the three descriptors that are not -1; they are the peer's then. */
void conn_reply_descriptors(struct conn *conn, uint32_t id, int ends[CONN_FDS]);
void conn_reply_error(struct conn *conn, uint32_t id, const char *text);

/* Sends what is left as far as it goes at once, and closes all connections. */
void conn_close_all(struct shim *shim);

/* Frees the connections that died in this turn. */
void conn_sweep(struct shim *shim);

#endif
