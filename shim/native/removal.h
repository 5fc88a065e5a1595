/* How the runtime is made to forget the container, and how the shim ends. */
#ifndef JCRI_REMOVAL_H
#define JCRI_REMOVAL_H

#include "container.h"

struct removal {
  struct container *container;
  struct child *child;   /* the runtime that deletes */
  bool forced;           /* with force */
  struct timer stubborn; /* a killed container that does not end */
  struct timer limit;    /* a runtime that does not end deleting */
  struct timer forsaken; /* not asked to start, and nobody there to ask */
  bool deleted;          /* the runtime holds nothing of the container any more */
  bool done;             /* the shim is no more needed */
};

void removal_init(struct removal *removal, struct container *container);

/* Whether nobody misses a shim that ends now: its container has ended, all of that is on disk, the
 * runtime was made to forget it, and there is no client. */
bool removal_leaves_nothing(const struct removal *removal);

/* Kills what is left, has the runtime forget the container, answers, and ends the shim. Execs are
 * the caller's to end. */
void removal_ask(struct removal *removal, struct conn *conn, uint32_t id);

#endif
