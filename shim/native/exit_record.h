/* The exit record: what became of the container, on disk before anybody is told.
 *
 *   {"version":1,"containerId":"c1","pid":4711,"exitCode":137,"signal":9,
 *    "startedAtNanos":1795235482000000000,"finishedAtNanos":1795235483000000000,"oomKilled":false,
 *    "killRequested":true,"logDropped":0}
 *
 * oomKilled tells of any process of the container; killRequested, that the SIGKILL which ended it
 * came through the shim; logDropped, how many bytes of output were dropped since the log's disk was
 * full, and its end does not tell. codeLost is added, as true, when a shim that took over from one
 * that died could not learn the exit code. Readers do without the fields that they don't know, and
 * without killRequested and logDropped where an older shim has written. */
#ifndef JCRI_EXIT_RECORD_H
#define JCRI_EXIT_RECORD_H

#include "wire.h"

struct exit_record {
  const char *container_id;
  pid_t pid;
  int64_t started_at, finished_at; /* nanoseconds since 1970, 0 before */
  int exit_code, signal;
  bool oom_killed, kill_requested;
  bool code_lost; /* it has ended, but nobody can tell how */
  int64_t log_dropped;
};

/* Writes it beside its place and renames it: a reader sees all of it or nothing. False leaves
 * errno. Needs no memory. */
bool exit_record_write(const struct exit_record *record, const char *path);

/* Adds what it says to the open frame. */
void exit_record_put(const struct exit_record *record, struct wire_out *out);

#endif
