/* Copies one descriptor to another through a buffer of its own, at the speed of the slower one. */
#ifndef JCRI_RELAY_H
#define JCRI_RELAY_H

#include "loop.h"

struct relay {
  struct watch from, to; /* both are the relay's and closed at its end */
  struct loop *loop;
  char *buffer;
  size_t start, length;
  bool ending; /* ends as soon as nothing more is there to copy */
  void (*finished)(struct relay *relay);
  void *owner;
};

/* Starts copying. finished is called once, when both descriptors are closed. */
void relay_start(struct relay *relay, struct loop *loop, int from, int to,
                 void (*finished)(struct relay *relay), void *owner);

/* Whether it still copies. */
bool relay_active(const struct relay *relay);

/* Copies what is there and then ends, even while others hold the source open. */
void relay_end(struct relay *relay);

/* Ends now; finished is not called. */
void relay_stop(struct relay *relay);

#endif
