/* The whole of one shim: what its parts are and who uses whom. Only main.c, which puts it together,
 * and requests.c, which hands each request to its part, know it. */
#ifndef JCRI_SHIM_H
#define JCRI_SHIM_H

#include "attach.h"
#include "container.h"
#include "exec.h"
#include "reap.h"
#include "removal.h"

struct shim {
  struct options options;
  struct loop loop;
  struct conns conns;         /* the clients */
  struct runtime runtime;     /* runs of the OCI runtime */
  struct cgroups cgroups;     /* the container's */
  struct attaches attaches;   /* clients of its streams */
  struct output output;       /* its streams and their log */
  struct container container; /* its life */
  struct execs execs;         /* further processes in it */
  struct removal removal;     /* its removal, and the shim's end */
  struct reaper reaper;
};

#endif
