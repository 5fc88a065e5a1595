/* The one event loop: descriptors by epoll, timers by a short list. */
#ifndef JCRI_LOOP_H
#define JCRI_LOOP_H

#include <sys/epoll.h>

#include "util.h"

/* A descriptor of interest. Lives inside the structure that it concerns; the owner closes it. */
struct watch {
  int fd;
  uint32_t events; /* 0: not in the epoll set, so that a hang-up cannot spin the loop */
  void (*ready)(struct watch *watch, uint32_t events);
  void *owner;
};

struct timer {
  int64_t deadline; /* monotonic milliseconds */
  void (*fired)(struct timer *timer);
  void *owner;
  struct timer *next;
  bool armed;
};

struct loop {
  int epoll;
  struct timer *timers;
};

void loop_open(struct loop *loop);

/* Sets what is waited for; 0 takes the descriptor out. False when the kernel has no memory for it:
 * nothing has changed. */
bool loop_watch(struct loop *loop, struct watch *watch, uint32_t events);

/* Takes the descriptor out, closes it and sets it to -1; may be called twice. */
void loop_close(struct loop *loop, struct watch *watch);

void timer_arm(struct loop *loop, struct timer *timer, int64_t millis);
void timer_disarm(struct loop *loop, struct timer *timer);

/* Waits for one event or timer and serves it. One at a time: a handler may then free any
 * structure but its own without leaving a stale event behind. */
void loop_turn(struct loop *loop);

#endif
