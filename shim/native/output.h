/* The container's output streams. */
#ifndef JCRI_OUTPUT_H
#define JCRI_OUTPUT_H

#include "shim.h"

void output_init(struct shim *shim);

/* Takes over the read end of a stream; reading begins with output_begin. */
void output_adopt(struct shim *shim, struct output *output, int fd);
void output_begin(struct shim *shim);

/* Reads and logs what is there now, for a container that has just ended. */
void output_drain(struct shim *shim);

/* Reads what is there now and throws it away, but keeps its end as a text. */
void output_discard(struct shim *shim, char *tail, size_t capacity);

/* Ends the lines that wait for their rest and closes the streams. */
void output_close(struct shim *shim);

#endif
