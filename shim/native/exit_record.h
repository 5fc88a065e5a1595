/* The exit record: what became of the container, on disk before anybody is told.
 *
 *   {"version":1,"containerId":"c1","pid":4711,"exitCode":137,"signal":9,
 *    "startedAtNanos":1795235482000000000,"finishedAtNanos":1795235483000000000,"oomKilled":false,
 *    "killRequested":true}
 *
 * oomKilled tells of any process of the container; killRequested, that the SIGKILL which ended it
 * came through the shim. Readers do without the fields that they don't know, and without the last
 * where an older shim has written. */
#ifndef JCRI_EXIT_RECORD_H
#define JCRI_EXIT_RECORD_H

#include "shim.h"

/* Writes it beside its place and renames it: a reader sees all of it or nothing. False leaves
 * errno. */
bool exit_record_write(const struct shim *shim);

#endif
