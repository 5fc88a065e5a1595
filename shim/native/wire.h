/* The shim's protocol: frames over a unix stream socket.
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

/* WIRE_VERSION, REQUEST_START, TAG_PID, STATE_RUNNING, ... */
enum wire_number {
#define NUMBER(kind, name, number) kind##_##name = number,
#include "protocol.def"
#undef NUMBER
};

struct frame {
  uint16_t version;
  uint16_t type;
  uint32_t id;
  size_t length;
  const uint8_t *body;
};

/* False when the header names a body that no peer of ours would send. */
bool wire_read_header(const uint8_t head[WIRE_HEADER_BYTES], struct frame *frame);

/* Whether the body is a whole number of whole fields. */
bool wire_body_valid(const struct frame *frame);

/* The first field of that tag; the bytes stay in the frame's body. */
bool wire_find(const struct frame *frame, enum wire_number tag, const uint8_t **data,
               size_t *length);
int64_t wire_find_number(const struct frame *frame, enum wire_number tag, int64_t missing);

/* A growing block of frames to send. The first few bytes need no memory, so that a request can be
 * answered when there is none. A frame that finds no memory is left out whole, and broken tells it:
 * who is to get the rest could not know what is missing. */
struct wire_out {
  uint8_t *more; /* in place of few, once that is too small */
  size_t length;
  size_t capacity;
  size_t frame; /* where the open frame starts */
  bool broken;
  uint8_t few[192];
};

/* The frames, until something is added. */
const uint8_t *wire_data(const struct wire_out *out);
/* Forgets them; the memory is kept when it is no larger than kept. */
void wire_clear(struct wire_out *out, size_t kept);

void wire_begin(struct wire_out *out, enum wire_number type, uint32_t id);
void wire_number(struct wire_out *out, enum wire_number tag, int64_t value);
void wire_bytes(struct wire_out *out, enum wire_number tag, const void *data, size_t length);
void wire_text(struct wire_out *out, enum wire_number tag, const char *text);
void wire_end(struct wire_out *out);

#endif
