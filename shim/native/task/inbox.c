#include "inbox.h"

#include <string.h>

static void drop(struct inbox *inbox, size_t count) {
  memmove(inbox->bytes, inbox->bytes + count, inbox->length - count);
  inbox->length -= count;
}

static void drop_taken(struct inbox *inbox) {
  drop(inbox, inbox->taken);
  inbox->taken = 0;
}

uint8_t *inbox_room(struct inbox *inbox, size_t *room) {
  drop_taken(inbox);
  *room = sizeof inbox->bytes - inbox->length;
  return inbox->bytes + inbox->length;
}

enum inbox_result inbox_next(struct inbox *inbox, struct rpc_header *header, struct view *message) {
  drop_taken(inbox);
  *message = (struct view){0};
  if (inbox->left == 0) {
    if (inbox->length < RPC_HEADER_BYTES) return INBOX_MORE;
    rpc_header_read(inbox->bytes, header);
    if (header->length > RPC_BYTES_MAX) return INBOX_BROKEN;
    if (header->length <= INBOX_MESSAGE_MAX) {
      if (inbox->length < RPC_HEADER_BYTES + header->length) return INBOX_MORE;
      *message = (struct view){inbox->bytes + RPC_HEADER_BYTES, header->length};
      inbox->taken = RPC_HEADER_BYTES + header->length;
      return INBOX_MESSAGE;
    }
    inbox->passes = *header;
    inbox->left = RPC_HEADER_BYTES + header->length;
  }
  size_t passed = inbox->left < inbox->length ? inbox->left : inbox->length;
  drop(inbox, passed);
  inbox->left -= passed;
  *header = inbox->passes;
  return inbox->left > 0 ? INBOX_MORE : INBOX_MESSAGE;
}
