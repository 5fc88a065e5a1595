/* A process that stays behind when jcri-task returns. */
#ifndef JCRI_TASK_DETACH_H
#define JCRI_TASK_DETACH_H

#include "util.h"

struct detached {
  bool (*begin)(void *owner, struct refusal *refusal);
  int (*stay)(void *owner); /* gives the process's exit status */
  void *owner;
};

/* Begins in a child, which stays when that succeeded. Gives its pid, or -1 with begin's refusal. */
pid_t detach(const struct detached *detached, struct refusal *refusal);

/* Writes a number as a whole file. */
bool write_pid_file(const char *path, int64_t pid, struct refusal *refusal);

#endif
