/* Further processes in the container: one structure from the request to the exit code. */
#ifndef JCRI_EXEC_H
#define JCRI_EXEC_H

#include "console.h"
#include "relay.h"
#include "shim.h"

/* An output of an exec whose client gets it as frames. */
struct source {
  struct watch watch;
  enum wire_number type;
  int64_t room; /* bytes that may still be sent; the rest is read and thrown away */
};

struct exec {
  struct shim *shim;
  struct exec *next;
  struct conn *conn; /* NULL once the client is gone */
  uint32_t request;
  uint32_t id;
  bool sync; /* output as frames and a time limit; else descriptors for a stream */
  bool tty;

  struct child *runtime; /* while the runtime starts it */
  pid_t pid;             /* from then on, until it is reaped */
  char *process_path, *pid_path;
  struct console console;
  char *cgroup; /* its own, so that it can be killed whole; NULL if there is none */

  struct timer timeout;
  struct timer grace; /* after its end or its killing: how long to wait for what should follow */
  bool ended, timed_out, truncated;
  bool taken;    /* the client of a stream has its descriptors */
  bool complete; /* all is done, but a stream's output still waits to be taken */
  int exit_code;

  struct source sources[2];
  struct relay relays[3]; /* stdin, stdout, stderr of a stream */
  int client_ends[3];     /* what the client of a stream is given, until it is */
  int terminal;           /* for window sizes */
};

/* Serve EXEC_SYNC and EXEC; answers come on the connection as the exec goes on. */
void exec_begin(struct conn *conn, const struct frame *request, bool sync);

/* Reaps one process of an exec that has ended; false when none has. */
bool exec_reap(struct shim *shim);

/* Whether the process is one of an exec. */
bool exec_known(const struct shim *shim, pid_t pid);

/* Kills all execs, as the container is to be deleted. */
void exec_kill_all(struct shim *shim);

/* The terminal of an exec, -1 when there is none. */
int exec_terminal(const struct shim *shim, uint32_t id);

/* Gives the client its ends of a stream, once; false when there is no such exec. */
bool exec_take(struct conn *conn, uint32_t request, uint32_t id);

/* Sends the end of an exec to its client and forgets it. */
void exec_finish(struct exec *exec);

#endif
