/* The streams of an exec: as frames (sync) or as descriptors handed to the client (stream). */
#ifndef JCRI_EXEC_IO_H
#define JCRI_EXEC_IO_H

#include "conn.h"
#include "relay.h"

/* An output whose client gets it as frames. */
struct source {
  struct watch watch;
  enum wire_number type;
  int64_t room; /* bytes that may still be sent; the rest is read and thrown away */
};

struct exec_io {
  struct loop *loop;
  struct conn *conn; /* NULL once the client is gone */
  uint32_t request;
  bool tty;
  bool ended;     /* the process has */
  bool silent;    /* its time is over: what it still writes is thrown away */
  bool truncated; /* it wrote more than its client wants */

  struct source sources[2];
  struct relay relays[3]; /* stdin, stdout, stderr of a stream */
  int client_ends[3];     /* what the client of a stream is given, until it is */
  int terminal;           /* for window sizes */

  /* Is called when the process has ended and its outputs after it, at the earliest one turn of the
   * loop later; may free this. */
  void (*complete)(struct exec_io *io);
  void *owner;
};

void exec_io_init(struct exec_io *io, struct conn *conn, uint32_t request, bool tty,
                  void (*complete)(struct exec_io *io), void *owner);

/* Sync: takes the read ends, limit bytes of each go to the client. */
void exec_sync_begin(struct exec_io *io, const int ours[3], int64_t limit);

/* Sends what is there; true when both outputs have ended. */
bool exec_sync_drain(struct exec_io *io);
void exec_sync_pause(struct exec_io *io, bool paused);

/* Stream: makes the client's pipes and takes the memory to serve them; false leaves errno. */
bool exec_stream_prepare(struct exec_io *io, bool with_stdin);

/* Stream: copies between the process's ends (one terminal, or three pipes) and the client's. */
void exec_stream_begin(struct exec_io *io, const int ours[3]);

/* The process has ended: what is still there goes to the client, then its streams end. */
void exec_stream_end(struct exec_io *io);
bool exec_stream_ended(const struct exec_io *io);

/* Closes everything, of either kind. */
void exec_io_close(struct exec_io *io);

#endif
