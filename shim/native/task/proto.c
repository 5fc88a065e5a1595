#include "proto.h"

#include <stdlib.h>
#include <string.h>

enum { VARINT = 0, FIXED64 = 1, BLOCK = 2, FIXED32 = 5, VARINT_BYTES = 10 };

static void put(struct proto *proto, const void *data, size_t length) {
  if (proto->failed || length == 0) return;
  if (proto->capacity - proto->length < length) {
    size_t capacity = (proto->length + length) * 2;
    uint8_t *bytes = resized(proto->bytes, capacity);
    if (bytes == NULL) {
      proto->failed = true;
      return;
    }
    proto->bytes = bytes;
    proto->capacity = capacity;
  }
  memcpy(proto->bytes + proto->length, data, length);
  proto->length += length;
}

static void put_varint(struct proto *proto, uint64_t number) {
  uint8_t bytes[VARINT_BYTES];
  size_t length = 0;
  for (; number >= 0x80; number >>= 7) bytes[length++] = (uint8_t)(number | 0x80);
  bytes[length++] = (uint8_t)number;
  put(proto, bytes, length);
}

static void put_block(struct proto *proto, uint32_t field, const void *data, size_t length) {
  put_varint(proto, (uint64_t)field << 3 | BLOCK);
  put_varint(proto, length);
  put(proto, data, length);
}

void proto_number(struct proto *proto, uint32_t field, uint64_t number) {
  if (number == 0) return;
  put_varint(proto, (uint64_t)field << 3 | VARINT);
  put_varint(proto, number);
}

void proto_block(struct proto *proto, uint32_t field, const void *data, size_t length) {
  if (length > 0) put_block(proto, field, data, length);
}

void proto_text(struct proto *proto, uint32_t field, const char *text) {
  if (text != NULL) proto_block(proto, field, text, strlen(text));
}

void proto_message(struct proto *proto, uint32_t field, const struct proto *inner) {
  if (inner->failed) proto->failed = true;
  put_block(proto, field, inner->bytes, inner->length);
}

void proto_append(struct proto *proto, const void *fields, size_t length) {
  put(proto, fields, length);
}

void proto_any(struct proto *proto, uint32_t field, const char *type_url,
               const struct proto *value) {
  struct proto any PROTO = {0};
  proto_text(&any, 1, type_url);
  proto_message(&any, 2, value);
  proto_message(proto, field, &any);
}

void proto_free(struct proto *proto) {
  free(proto->bytes);
  *proto = (struct proto){0};
}

static bool take_varint(struct view *message, uint64_t *number) {
  *number = 0;
  for (unsigned i = 0; i < VARINT_BYTES && message->length > 0; i++) {
    uint8_t byte = *message->data++;
    message->length--;
    *number |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80) return true;
  }
  return false;
}

static bool take_fixed(struct view *message, size_t size, uint64_t *number) {
  if (message->length < size) return false;
  *number = 0;
  for (size_t i = 0; i < size; i++) *number |= (uint64_t)message->data[i] << (8 * i);
  message->data += size;
  message->length -= size;
  return true;
}

static bool take_block(struct view *message, struct view *block) {
  uint64_t length;
  if (!take_varint(message, &length) || length > message->length) return false;
  *block = (struct view){message->data, (size_t)length};
  message->data += length;
  message->length -= (size_t)length;
  return true;
}

bool proto_next(struct view *message, struct proto_field *field) {
  uint64_t key;
  *field = (struct proto_field){0};
  if (!take_varint(message, &key) || key >> 3 == 0 || key >> 3 > UINT32_MAX >> 3) return false;
  field->number = (uint32_t)(key >> 3);
  switch (key & 7) {
    case VARINT:
      return take_varint(message, &field->value);
    case FIXED64:
      return take_fixed(message, 8, &field->value);
    case FIXED32:
      return take_fixed(message, 4, &field->value);
    case BLOCK:
      return take_block(message, &field->block);
    default:
      return false; /* groups, which nobody writes any more */
  }
}

uint64_t proto_find_number(struct view message, uint32_t number) {
  uint64_t found = 0;
  for (struct proto_field field; proto_next(&message, &field);)
    if (field.number == number && field.block.data == NULL) found = field.value;
  return found;
}

struct view proto_find_block(struct view message, uint32_t number) {
  struct view found = {0};
  for (struct proto_field field; proto_next(&message, &field);)
    if (field.number == number && field.block.data != NULL) found = field.block;
  return found;
}

void proto_copy_text(struct view block, char *text, size_t capacity) {
  size_t length = block.length < capacity - 1 ? block.length : capacity - 1;
  if (length > 0) memcpy(text, block.data, length);
  text[length] = '\0';
}

bool proto_is(struct view block, const char *text) {
  return block.length > 0 && block.length == strlen(text) &&
         memcmp(block.data, text, block.length) == 0;
}
