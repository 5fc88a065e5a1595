/* The requests in what a client of ttrpc sends, in whatever pieces it comes. */
#ifndef JCRI_TASK_INBOX_H
#define JCRI_TASK_INBOX_H

#include "rpc.h"

enum {
  /* What is longer is let pass: no event that is of use comes near it. */
  INBOX_MESSAGE_MAX = 16384,
  INBOX_BYTES = RPC_HEADER_BYTES + INBOX_MESSAGE_MAX,
};

struct inbox {
  uint8_t bytes[INBOX_BYTES];
  size_t length;            /* of what has come */
  size_t taken;             /* of these, by the last message */
  struct rpc_header passes; /* of a message that is let pass */
  size_t left;              /* of its bytes that are still to come */
};

enum inbox_result {
  INBOX_MORE,    /* is needed */
  INBOX_MESSAGE, /* is there; empty for one that was let pass */
  INBOX_BROKEN,  /* this is no ttrpc */
};

/* Where the next bytes go, and how many at most; never 0 after INBOX_MORE. */
uint8_t *inbox_room(struct inbox *inbox, size_t *room);
/* The next message, which lies in the inbox until the next call of either. */
enum inbox_result inbox_next(struct inbox *inbox, struct rpc_header *header, struct view *message);

#endif
