/* The whole state of one shim. */
#ifndef JCRI_SHIM_H
#define JCRI_SHIM_H

#include "log_file.h"
#include "log_format.h"
#include "loop.h"
#include "options.h"
#include "wire.h"

struct conn;
struct exec;
struct attach;
struct child;
struct stale_cgroup;
struct shim;

/* One of the container's output streams: read, logged, and copied to who is attached. */
struct output {
  struct watch watch;
  struct timer retry; /* when to look again at what is not watched for a while */
  struct log_format format;
  bool error; /* stderr */
  char *buffer;
  size_t held;       /* bytes at the start of buffer that wait for the rest of their line */
  size_t touched;    /* how far the buffer was used since it was last given back */
  size_t gathered;   /* bytes that the last event brought */
  int64_t last_read; /* monotonic milliseconds of that event */
};

struct shim {
  struct options options;
  struct loop loop;
  struct watch signals;
  struct watch listener;
  char *socket_path;

  enum wire_number state; /* STATE_... */
  bool runtime_knows;     /* the runtime may hold state of the container, so it must delete it */
  pid_t init;
  int64_t started_at, finished_at;
  int exit_code, signal;
  bool oom_killed;
  bool recorded;
  struct timer record_retry;

  char *memory_cgroup; /* directory with the oom_kill counter; NULL if unknown */
  bool memory_unified;
  struct watch oom; /* its memory.events, on cgroup v2 */
  bool oom_seen;
  int64_t oom_parent_before; /* kills below the parent cgroup when the container started */
  bool killed_by_us;         /* SIGKILL came through us, and nothing was killing it before */
  char *exec_cgroup;         /* directory below which an exec gets its own cgroup; NULL if none */
  char *exec_cgroup_path;    /* the same as /proc/<pid>/cgroup tells it */
  const char *exec_cgroup_prefix; /* "" on cgroup v2, "freezer:" on v1 */

  struct stale_cgroup *stale_cgroups;

  struct log_file log;
  struct timer idle; /* gives buffers back and tells of dropped bytes */
  struct output out, err;
  char *lines;        /* formatted lines on their way to the file, shared by both outputs */
  struct timer eager; /* output is read even while a slow runtime starts the container */
  struct watch input; /* write end of the container's stdin, or its terminal */

  struct child *start_child, *delete_child;
  struct timer stubborn;     /* a killed container that does not end */
  struct timer delete_limit; /* a runtime that does not end deleting */
  struct timer forsaken;     /* not asked to start, and nobody there to ask */
  struct child *children;
  struct conn *conns;
  struct exec *execs;
  struct attach *attaches;
  uint32_t next_exec;

  bool deleting; /* a client asked for it */
  bool deleted;  /* the runtime holds nothing of the container any more */
  bool done;     /* leave the loop */
};

#endif
