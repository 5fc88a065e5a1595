/* What is known of further processes in the container: one structure each. */
#ifndef JCRI_EXEC_STATE_H
#define JCRI_EXEC_STATE_H

#include "cgroup.h"
#include "conn.h"
#include "console.h"
#include "exec_io.h"
#include "guest.h"
#include "loop.h"
#include "runtime.h"

struct exec;

struct execs {
  const struct options *options;
  struct loop *loop;
  struct runtime *runtime;
  struct cgroups *cgroups;
  struct guest *guest; /* of the container */
  struct exec *first;
};

struct exec {
  struct execs *execs;
  struct exec *next;
  uint32_t id;
  bool sync; /* output as frames and a time limit; else descriptors for a stream */
  struct exec_io io;

  struct child *runtime; /* while the runtime starts it */
  pid_t pid;             /* from then on, until it is reaped */
  char *process_path, *pid_path;
  char *number_path; /* where a guest's runtime tells by what number it knows the process */
  struct console console;
  char *cgroup; /* its own, so that it can be killed whole; NULL if there is none */

  struct timer timeout;
  struct timer grace; /* after its end or its killing: how long to wait for what should follow */
  bool timed_out;
  bool taken;    /* the client of a stream has its descriptors */
  bool complete; /* all is done, but a stream's output still waits to be taken */
  int exit_code;
};

#endif
