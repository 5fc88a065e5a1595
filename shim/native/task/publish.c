#include <stdlib.h>
#include <unistd.h>

#include "event.h"
#include "inbox.h"
#include "verbs.h"

enum { LIMIT_MILLIS = 5000 };

/* All of standard input, an Any, up to what the listener takes. */
static size_t read_event(uint8_t *event, size_t capacity) {
  size_t length = 0;
  for (ssize_t got; length < capacity; length += (size_t)got)
    if ((got = read(STDIN_FILENO, event + length, capacity - length)) <= 0) break;
  return length;
}

int verb_publish(const struct arguments *arguments, struct refusal *refusal) {
  static uint8_t event[INBOX_MESSAGE_MAX / 2];
  const char *address = getenv("TTRPC_ADDRESS");
  struct rpc rpc = RPC_NONE;
  struct proto forward PROTO = {0};
  struct reply reply REPLY = {0};
  size_t length = read_event(event, sizeof event);
  if (address == NULL || address[0] == '\0') return 0;
  event_envelope(&forward, arguments->name_space, arguments->topic, (struct view){event, length});
  bool done = rpc_connect(&rpc, address, arguments->name_space, refusal) &&
              rpc_send(&rpc, EVENT_SERVICE, "Forward", &forward, refusal) &&
              rpc_receive(&rpc, LIMIT_MILLIS, &reply, refusal) == RPC_OK;
  rpc_close(&rpc);
  return done ? 0 : 1;
}
