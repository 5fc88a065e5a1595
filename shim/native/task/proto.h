/* The part of protobuf's wire format that the shims' API needs: varints and blocks of bytes. */
#ifndef JCRI_TASK_PROTO_H
#define JCRI_TASK_PROTO_H

#include "util.h"

/* A message under construction. Want of memory shows when it is sent. */
struct proto {
  uint8_t *bytes;
  size_t length, capacity;
  bool failed;
};

#define PROTO __attribute__((cleanup(proto_free)))

/* What is 0, false or empty is left out, as proto3 has it. */
void proto_number(struct proto *proto, uint32_t field, uint64_t number);
void proto_text(struct proto *proto, uint32_t field, const char *text);
void proto_block(struct proto *proto, uint32_t field, const void *data, size_t length);
/* A message within; written even when it is empty. */
void proto_message(struct proto *proto, uint32_t field, const struct proto *inner);
/* Fields that are encoded already. */
void proto_append(struct proto *proto, const void *fields, size_t length);
/* A google.protobuf.Any. */
void proto_any(struct proto *proto, uint32_t field, const char *type_url,
               const struct proto *value);
void proto_free(struct proto *proto);

/* Bytes of a message that somebody else wrote. */
struct view {
  const uint8_t *data;
  size_t length;
};

struct proto_field {
  uint32_t number;
  uint64_t value;    /* of a varint or a fixed number */
  struct view block; /* of a string, bytes or message; else data is NULL */
};

/* Takes the next field off the message; false at its end, and where it is none. */
bool proto_next(struct view *message, struct proto_field *field);
/* The last field of that number counts, as protobuf has it; 0 and an empty view when there is none.
 */
uint64_t proto_find_number(struct view message, uint32_t field);
struct view proto_find_block(struct view message, uint32_t field);
/* A copy with a NUL at its end, cut to the capacity. */
void proto_copy_text(struct view block, char *text, size_t capacity);

/* Whether it is just that text. */
bool proto_is(struct view block, const char *text);

#endif
