/* The standard streams of a process in a container: what its shim is given for them. */
#ifndef JCRI_TASK_STREAMS_H
#define JCRI_TASK_STREAMS_H

#include "util.h"

/* Output goes straight to the pipes that jcri-task was called with: the shim opens those through
 * /proc before it answers. Input does not: shims hold its writing end too and only CloseIO ends it,
 * so a relay stands before it. All of a terminal passes through a relay. */
struct streams {
  bool terminal;
  int from;                /* where the relay finds input: standard input, or the slave; or -1 */
  int in_read, in_write;   /* the pipe that the shim reads */
  int out_read, out_write; /* the pipe that it writes a terminal's output to */
  char in[48], out[48], err[48]; /* the paths of it all, empty for none */
};

#define STREAMS_NONE \
  (struct streams) { .from = -1, .in_read = -1, .in_write = -1, .out_read = -1, .out_write = -1 }

/* Takes the standard streams, or makes a terminal and sends its master over the socket. The paths
 * are of this process, which must live until the shim has opened them. */
bool streams_prepare(struct streams *streams, const char *console_socket, struct refusal *refusal);
/* Lets go of all that is the shim's now, standard streams too. */
void streams_hand_over(struct streams *streams);
void streams_close(struct streams *streams);
/* Whether standard input is anything but /dev/null. */
bool streams_input(void);

#endif
