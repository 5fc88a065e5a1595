/* The shim's protocol, version 1: frames over a unix stream socket.
 *
 *   frame  = u32 length of body | u16 version | u16 type | u32 id | body     (all big-endian)
 *   body   = field*                field = u16 tag | u16 zero | u32 length | bytes
 *   number = 8 bytes, signed
 *
 * A request's id comes back in all its answers. Unknown fields are skipped, an unknown request is
 * answered with ERROR, so that daemon and shim of different ages understand each other: a field or
 * a type is only ever added, never given another meaning. */
#ifndef JCRI_WIRE_H
#define JCRI_WIRE_H

#include "util.h"

enum { WIRE_HEADER = 12, WIRE_BODY_MAX = 1 << 20 };

enum wire_type {
  REQUEST_STATUS = 1,
  REQUEST_START = 2,
  REQUEST_KILL = 3,
  REQUEST_EXEC_SYNC = 4,
  REQUEST_EXEC = 5,
  REQUEST_ATTACH = 6,
  REQUEST_RESIZE = 7,
  REQUEST_REOPEN_LOG = 8,
  REQUEST_CLOSE_STDIN = 9,
  REQUEST_WATCH = 10,
  REQUEST_DELETE = 11,
  REQUEST_TAKE = 12, /* the descriptors of an exec or attach, on a connection of its own */
  REPLY_OK = 128,
  REPLY_ERROR = 129,
  REPLY_STDOUT = 130,
  REPLY_STDERR = 131,
  REPLY_EXEC_EXIT = 132,
  EVENT_EXIT = 133,
};

enum wire_tag {
  TAG_ERROR = 1,
  TAG_PID = 2,
  TAG_STATE = 3,
  TAG_EXIT_CODE = 4,
  TAG_SIGNAL = 5,
  TAG_STARTED_AT = 6,
  TAG_FINISHED_AT = 7,
  TAG_OOM_KILLED = 8,
  TAG_PROCESS = 9,
  TAG_TIMEOUT_MILLIS = 10,
  TAG_LIMIT = 11,
  TAG_TTY = 12,
  TAG_STDIN = 13,
  TAG_STDOUT = 14,
  TAG_STDERR = 15,
  TAG_EXEC_ID = 16, /* of an exec or an attach */
  TAG_COLUMNS = 17,
  TAG_ROWS = 18,
  TAG_SHIM_PID = 19,
  TAG_CONTAINER_ID = 20,
  TAG_TIMED_OUT = 21,
  TAG_TRUNCATED = 22,
  TAG_DATA = 23,
  TAG_LOG_DROPPED = 24,
  TAG_KILL_REQUESTED = 25,
};

struct frame {
  uint16_t version;
  uint16_t type;
  uint32_t id;
  size_t length;
  const uint8_t *body;
};

/* False when the header names a body that no peer of ours would send. */
bool wire_read_header(const uint8_t head[WIRE_HEADER], struct frame *frame);

/* Whether the body is a whole number of whole fields. */
bool wire_body_valid(const struct frame *frame);

/* The first field of that tag; the bytes stay in the frame's body. */
bool wire_find(const struct frame *frame, enum wire_tag tag, const uint8_t **data, size_t *length);
int64_t wire_find_number(const struct frame *frame, enum wire_tag tag, int64_t missing);

/* A growing block of frames to send. */
struct wire_out {
  uint8_t *data;
  size_t length;
  size_t capacity;
  size_t frame; /* where the open frame starts */
};

void wire_begin(struct wire_out *out, enum wire_type type, uint32_t id);
void wire_number(struct wire_out *out, enum wire_tag tag, int64_t value);
void wire_bytes(struct wire_out *out, enum wire_tag tag, const void *data, size_t length);
void wire_text(struct wire_out *out, enum wire_tag tag, const char *text);
void wire_end(struct wire_out *out);

#endif
