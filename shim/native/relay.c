#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFER_SIZE = 32 * 1024 };

void relay_stop(struct relay *relay) {
  if (relay->loop != NULL) {
    loop_close(relay->loop, &relay->from);
    loop_close(relay->loop, &relay->to);
  } else {
    close_owned(&relay->from.fd);
    close_owned(&relay->to.fd);
  }
  relay->copying = false;
  free(relay->buffer);
  relay->buffer = NULL;
}

static void finish(struct relay *relay) {
  relay_stop(relay);
  if (relay->finished != NULL) relay->finished(relay);
}

enum outcome { MOVED, BLOCKED, BROKEN };

static enum outcome fill(struct relay *relay) {
  ssize_t got = read(relay->from.fd, relay->buffer, BUFFER_SIZE);
  if (got < 0 && errno == EINTR) return MOVED;
  if (got < 0 && errno == EAGAIN) return relay->ending ? BROKEN : BLOCKED;
  if (got <= 0) return BROKEN;
  relay->start = 0;
  relay->length = (size_t)got;
  return MOVED;
}

static enum outcome empty(struct relay *relay) {
  ssize_t put = write(relay->to.fd, relay->buffer + relay->start, relay->length);
  if (put < 0 && errno == EINTR) return MOVED;
  if (put < 0 && errno == EAGAIN) return BLOCKED;
  if (put < 0) return BROKEN;
  relay->start += (size_t)put;
  relay->length -= (size_t)put;
  return MOVED;
}

/* Exactly one side is waited for: the source when the buffer is empty, else the sink. */
static void step(struct relay *relay) {
  for (int moves = 0; moves < 16; moves++) {
    bool emptying = relay->length > 0;
    enum outcome outcome = emptying ? empty(relay) : fill(relay);
    if (outcome == BROKEN) {
      finish(relay);
      return;
    }
    if (outcome == BLOCKED) break;
  }
  bool full = relay->length > 0;
  loop_watch(relay->loop, &relay->from, full ? 0 : EPOLLIN);
  loop_watch(relay->loop, &relay->to, full ? EPOLLOUT : 0);
}

static void ready(struct watch *watch, uint32_t events) {
  (void)events;
  step(watch->owner);
}

bool relay_reserve(struct relay *relay) {
  if (relay->buffer == NULL) relay->buffer = resized(NULL, BUFFER_SIZE);
  return relay->buffer != NULL;
}

void relay_start(struct relay *relay, struct loop *loop, int from, int to,
                 void (*finished)(struct relay *relay), void *owner) {
  fcntl(from, F_SETFL, O_NONBLOCK);
  fcntl(to, F_SETFL, O_NONBLOCK);
  *relay = (struct relay){
      .from = {.fd = from, .ready = ready, .owner = relay},
      .to = {.fd = to, .ready = ready, .owner = relay},
      .loop = loop,
      .buffer = relay->buffer,
      .copying = true,
      .finished = finished,
      .owner = owner,
  };
  loop_watch(loop, &relay->from, EPOLLIN);
}

bool relay_active(const struct relay *relay) { return relay->copying; }

void relay_end(struct relay *relay) {
  if (!relay_active(relay)) return;
  relay->ending = true;
  step(relay);
}
