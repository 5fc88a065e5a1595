/* ttrpc, the protocol of shims: requests and answers over a unix socket, one at a time here. */
#ifndef JCRI_TASK_RPC_H
#define JCRI_TASK_RPC_H

#include "proto.h"

enum {
  RPC_OK = 0,
  /* codes of gRPC */
  RPC_NOT_FOUND = 5,
  RPC_ALREADY_EXISTS = 6,
  RPC_UNIMPLEMENTED = 12,
  /* no answer of the shim's */
  RPC_BROKEN = -1,
  RPC_LATE = -2,
  RPC_HEADER_BYTES = 10,
  RPC_BYTES_MAX = 4 << 20, /* ttrpc's own limit of a message */
  /* types of messages */
  RPC_REQUEST = 1,
  RPC_RESPONSE = 2,
};

struct rpc {
  int fd;
  uint32_t stream; /* the last one's */
  const char *name_space;
};

#define RPC_NONE \
  (struct rpc) { .fd = -1 }

/* An answer's payload, and the memory that it lies in. */
struct reply {
  uint8_t *bytes;
  struct view payload;
};

#define REPLY __attribute__((cleanup(reply_free)))
void reply_free(struct reply *reply);

struct rpc_header {
  uint32_t length, stream;
  uint8_t type, flags;
};
void rpc_header_read(const uint8_t bytes[RPC_HEADER_BYTES], struct rpc_header *header);
/* Reads a message of type answer: RPC_OK with the payload, else its code with its words. */
int rpc_answer(struct view message, struct view *payload, struct refusal *refusal);

/* Connects to an address as shims print it: unix:///path, or a bare name of an abstract socket. */
bool rpc_connect(struct rpc *rpc, const char *address, const char *name_space,
                 struct refusal *refusal);
void rpc_close(struct rpc *rpc);

/* Sends a request without waiting for its answer; false with a refusal. */
bool rpc_send(struct rpc *rpc, const char *service, const char *method, const struct proto *request,
              struct refusal *refusal);
/* Waits for the answer to the last request, limit in ms or -1. RPC_OK, or a code with a refusal. */
int rpc_receive(struct rpc *rpc, int64_t limit, struct reply *reply, struct refusal *refusal);

/* The other side: answers a request, without content. False when the client does not read. */
bool rpc_respond(int fd, uint32_t stream, int code);

#endif
