/* How a shim takes over a running container whose shim has died: what a shim notes while it still
 * is the container's parent, and what a stranger can do with that. */
#ifndef JCRI_ADOPTION_H
#define JCRI_ADOPTION_H

#include "util.h"

struct adoption {
  pid_t pid;          /* the container's first process */
  uint64_t start;     /* clock ticks since boot: tells it from a later one with its pid */
  int64_t started_at; /* nanoseconds since 1970 */
  bool guest;         /* the runtime looks after it */
  uint64_t pipes[3];  /* the numbers of the inodes of its stdio, 0 for what is no pipe of ours */
};

/* Notes it in <state>/running, beside its place first: a reader finds all of it or nothing. False
 * leaves errno: then nobody can take over, which is no reason not to run. */
bool adoption_note(const char *state, const struct adoption *adoption);
bool adoption_read(const char *state, struct adoption *adoption);

/* Fills in start, which is the process's as long as nobody has reaped it. */
bool adoption_learn_start(struct adoption *adoption);

/* A pidfd of the very process, dead but not yet reaped or alive; -1 when it has gone. */
int adoption_process(const struct adoption *adoption);

/* Another end of a pipe that some process has open, for reading or writing (O_RDONLY, O_WRONLY);
 * -1 when nobody has. */
int adoption_pipe(uint64_t inode, int access);

/* The wait status of the process that has ended, -1 when nobody can tell it any more: who has
 * reaped it may have thrown it away (before Linux 6.15). */
int adoption_status(const struct adoption *adoption, int process);

#endif
