/* Copies one descriptor to another through a buffer of its own, at the speed of the slower one. */
#ifndef JCRI_RELAY_H
#define JCRI_RELAY_H

#include "loop.h"

struct relay {
  struct watch from, to; /* both are the relay's and closed at its end */
  struct loop *loop;     /* NULL until it starts */
  char *buffer;
  size_t start, length;
  bool copying;
  bool ending; /* ends as soon as nothing more is there to copy */
  void (*finished)(struct relay *relay);
  void *owner;
};

/* One that has nothing to copy yet. */
#define RELAY_NONE ((struct relay){.from = {.fd = -1}, .to = {.fd = -1}})

/* Takes the memory that it will need; false when there is none. */
bool relay_reserve(struct relay *relay);

/* Starts copying, with the memory that was reserved. finished is called once, when both descriptors
 * are closed. */
void relay_start(struct relay *relay, struct loop *loop, int from, int to,
                 void (*finished)(struct relay *relay), void *owner);

/* Whether it still copies. */
bool relay_active(const struct relay *relay);

/* Copies what is there and then ends, even while others hold the source open. */
void relay_end(struct relay *relay);

/* Ends now, started or not; finished is not called. */
void relay_stop(struct relay *relay);

#endif
