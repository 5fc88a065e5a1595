/* One run of the shim's program to its end, and what it prints. */
#ifndef JCRI_TASK_ACTION_H
#define JCRI_TASK_ACTION_H

#include "proto.h"

enum { PRINTED = 8192 };

struct action {
  const char *words[20]; /* the program and its arguments */
  const char *directory; /* to run in, or NULL */
  const char *pwd;       /* its name in the environment, or NULL */
  const char *events;    /* the address for what it publishes, or NULL */
  const struct proto *input;
  int64_t limit;   /* in ms, or negative for none */
  char *out, *err; /* room for what it prints: PRINTED bytes each */
};

void action_add(struct action *action, const char *word);
/* False with a refusal, in the program's words when it has some, unless it ends with 0. */
bool action_run(const struct action *action, const char *name_space, struct refusal *refusal);

#endif
