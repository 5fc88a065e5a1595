/* Clients attached to the container's own streams.
 *
 * Each gets pipes: what it writes goes to the container's stdin, what the container writes is
 * copied to it. A client that does not read loses bytes, told by a line `[jcri: N bytes dropped]`;
 * it never slows the container. */
#ifndef JCRI_ATTACH_H
#define JCRI_ATTACH_H

#include "shim.h"

void attach_begin(struct conn *conn, const struct frame *request);

/* The client's ends of an attach, until they are taken; NULL when there is no such attach. */
int *attach_client_ends(struct shim *shim, uint32_t id);

/* A piece of the container's output, and the end of one of its streams. */
void attach_output(struct shim *shim, bool error, const char *data, size_t length);
void attach_output_ended(struct shim *shim, bool error);

/* The container ended: all streams of all clients end. */
void attach_end_all(struct shim *shim);

/* Closes the container's stdin, unless it is a terminal. */
void attach_close_stdin(struct shim *shim);

#endif
