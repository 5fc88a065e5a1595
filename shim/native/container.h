/* The container's life: created, started, ended. */
#ifndef JCRI_CONTAINER_H
#define JCRI_CONTAINER_H

#include "adoption.h"
#include "cgroup.h"
#include "console.h"
#include "exit_record.h"
#include "guest.h"
#include "oom.h"
#include "output.h"
#include "runtime.h"

struct container {
  const struct options *options;
  struct loop *loop;
  struct conns *conns;
  struct runtime *runtime;
  struct cgroups *cgroups;
  struct output *output;
  struct attaches *attaches;

  enum wire_number state;  /* STATE_... */
  bool deleting;           /* a client asked for it: nothing is started any more */
  bool runtime_knows;      /* the runtime may hold state of the container, so it must delete it */
  bool killed_by_us;       /* SIGKILL came through us, and nothing was killing it before */
  struct exit_record exit; /* what is known of it so far */
  struct oom oom;
  struct timer linger; /* for the rest of a guest's output */
  int64_t linger_end;  /* monotonic milliseconds */
  struct guest guest;  /* how it is looked after when its process is no child of ours */
  struct adoption adoption;
  struct watch adopted; /* pidfd of its first process when it was another shim's; else -1 */

  char *pid_path;            /* where the runtime writes the first process's pid */
  struct child *start_child; /* the runtime that starts it */
  struct console console;
  struct timer eager; /* output is read even while a slow runtime starts the container */
  struct timer record_retry;

  /* Is called after a start that went well or ill, and after the end. */
  void (*changed)(struct container *container);
  void *owner;
};

/* The pointers, options to attaches, come filled in. */
void container_init(struct container *container);

/* Sends the signal to the container's first process: our child, whose pid is its own, or a guest.
 */
void container_kill(struct container *container, struct conn *conn, uint32_t id, int signal);

/* Ends the first process, and remembers that it was us. False leaves errno. */
bool container_sigkill(struct container *container);

/* Whether a child of ours that has ended is the container's first process. */
bool container_is(const struct container *container, pid_t child);

/* Reaps the container's first process when it has ended; false when it has not. */
bool container_reap(struct container *container);

#endif
