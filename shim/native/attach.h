/* Clients attached to the container's own streams.
 *
 * Each gets pipes: what it writes goes to the container's stdin, what the container writes is
 * copied to it. A client that does not read loses bytes, told by a line `[jcri: N bytes dropped]`;
 * it never slows the container. */
#ifndef JCRI_ATTACH_H
#define JCRI_ATTACH_H

#include "conn.h"
#include "options.h"

struct attach;

struct attaches {
  struct loop *loop;
  const struct options *options;
  struct attach *first;
  struct watch input; /* write end of the container's stdin, or its terminal */
};

/* Serves ATTACH on a connection that nothing else lives on, for a container that runs. */
void attach_begin(struct attaches *attaches, struct conn *conn, const struct frame *request);

/* The client's ends of an attach, until they are taken; NULL when there is no such attach. */
int *attach_client_ends(struct attaches *attaches, uint32_t id);

/* A piece of the container's output, and the end of one of its streams. */
void attach_output(struct attaches *attaches, bool error, const char *data, size_t length);
void attach_output_ended(struct attaches *attaches, bool error);

/* The container ended: all streams of all clients end. */
void attach_end_all(struct attaches *attaches);

/* Closes the container's stdin, unless it is a terminal. */
void attach_close_stdin(struct attaches *attaches);

#endif
