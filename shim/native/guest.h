/* A container whose first process is no child of the shim's, as it runs on a kernel of its own
 * (gVisor) or below a shim of another kind: the runtime tells of its end and passes signals on.
 * Its verbs are those of runsc: `wait`, `kill [--pid]`, `exec --internal-pid-file`. */
#ifndef JCRI_GUEST_H
#define JCRI_GUEST_H

#include "conn.h"
#include "runtime.h"

struct guest {
  const struct options *options;
  struct loop *loop;
  struct runtime *runtime;
  bool present;       /* the container is one */
  bool deleted;       /* the runtime has forgotten it: what it does not tell now, it never will */
  int host_process;   /* pidfd of what holds it on this host; -1 when that is gone */
  int answer;         /* what `wait` prints */
  bool oom_killed;    /* it said so */
  struct timer retry; /* of a wait that failed though the host's process lives */

  /* Is called once with the exit code, or with GUEST_LOST when nobody can tell it any more. */
  void (*ended)(struct guest *guest, int exit_code);
  void *owner;
};

enum { GUEST_LOST = -1 };

/* The pointers, options to runtime and those of the callback, come filled in. */
void guest_init(struct guest *guest);

/* Waits for the end of the container, which has been started; pid is the host's process. */
void guest_begin(struct guest *guest, pid_t pid);

/* Sends the signal to the container's first process and answers the request. */
void guest_signal(struct guest *guest, struct conn *conn, uint32_t id, int signal);

/* Ends the container's first process, with nobody to hear whether that went well; false when the
 * runtime cannot even be executed. */
bool guest_sigkill(struct guest *guest);

/* Ends the exec whose number the runtime has written to that file, if it has. */
void guest_sigkill_exec(struct guest *guest, const char *number_path);

/* The runtime has deleted the container, whether its end was told or not. */
void guest_deleted(struct guest *guest);

/* Finds the exit code in what `wait` has printed; -1 when there is none. */
int guest_exit_code(const char *printed);

/* Whether it says that memory killed it, of which a host may know nothing: jcri-task does. */
bool guest_oom_killed(const char *printed);

#endif
