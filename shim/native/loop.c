#include "loop.h"

#include <errno.h>
#include <unistd.h>

void loop_open(struct loop *loop) {
  loop->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (loop->epoll < 0) die("loop", errno, "cannot make an epoll instance");
}

bool loop_watch(struct loop *loop, struct watch *watch, uint32_t events) {
  if (watch->fd < 0 || events == watch->events) return true;
  int operation = events == 0 ? EPOLL_CTL_DEL : watch->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  struct epoll_event event = {.events = events, .data.ptr = watch};
  if (epoll_ctl(loop->epoll, operation, watch->fd, &event) != 0) return false;
  watch->events = events;
  return true;
}

void loop_close(struct loop *loop, struct watch *watch) {
  if (watch->fd < 0) return;
  loop_watch(loop, watch, 0);
  close(watch->fd);
  watch->fd = -1;
}

void timer_disarm(struct loop *loop, struct timer *timer) {
  if (!timer->armed) return;
  for (struct timer **at = &loop->timers; *at != NULL; at = &(*at)->next) {
    if (*at == timer) {
      *at = timer->next;
      break;
    }
  }
  timer->armed = false;
}

void timer_arm(struct loop *loop, struct timer *timer, int64_t millis) {
  timer_disarm(loop, timer);
  timer->deadline = now_monotonic_millis() + millis;
  struct timer **at = &loop->timers;
  while (*at != NULL && (*at)->deadline <= timer->deadline) at = &(*at)->next;
  timer->next = *at;
  *at = timer;
  timer->armed = true;
}

static int wait_millis(const struct loop *loop) {
  if (loop->timers == NULL) return -1;
  int64_t left = loop->timers->deadline - now_monotonic_millis();
  return left <= 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

void loop_turn(struct loop *loop) {
  struct epoll_event event;
  int got = epoll_wait(loop->epoll, &event, 1, wait_millis(loop));
  if (got < 0 && errno != EINTR) die("loop", errno, "cannot wait for events");
  if (got == 1) {
    struct watch *watch = event.data.ptr;
    watch->ready(watch, event.events);
  }
  struct timer *first = loop->timers;
  if (first != NULL && first->deadline <= now_monotonic_millis()) {
    timer_disarm(loop, first);
    first->fired(first);
  }
}
