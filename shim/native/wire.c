#include "wire.h"

#include <stdlib.h>
#include <string.h>

enum { FIELD_HEADER = 8 };

static uint16_t get16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }

static uint32_t get32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put16(uint8_t *at, uint16_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value) {
  put16(at, (uint16_t)(value >> 16));
  put16(at + 2, (uint16_t)value);
}

bool wire_read_header(const uint8_t head[WIRE_HEADER_BYTES], struct frame *frame) {
  *frame = (struct frame){.length = get32(head),
                          .version = get16(head + 4),
                          .type = get16(head + 6),
                          .id = get32(head + 8)};
  return frame->length <= WIRE_MAX_BODY_BYTES && frame->version > 0;
}

/* Steps over one field; false at the end of the body and at a field that does not fit it. */
static bool next_field(const struct frame *frame, size_t *at, uint16_t *tag, const uint8_t **data,
                       size_t *length) {
  if (frame->length - *at < FIELD_HEADER) return false;
  const uint8_t *field = frame->body + *at;
  *tag = get16(field);
  *length = get32(field + 4);
  if (*length > frame->length - *at - FIELD_HEADER) return false;
  *data = field + FIELD_HEADER;
  *at += FIELD_HEADER + *length;
  return true;
}

bool wire_body_valid(const struct frame *frame) {
  size_t at = 0, length;
  uint16_t tag;
  const uint8_t *data;
  while (next_field(frame, &at, &tag, &data, &length)) continue;
  return at == frame->length;
}

bool wire_find(const struct frame *frame, enum wire_number wanted, const uint8_t **data,
               size_t *length) {
  size_t at = 0;
  uint16_t tag;
  while (next_field(frame, &at, &tag, data, length))
    if (tag == wanted) return true;
  return false;
}

int64_t wire_find_number(const struct frame *frame, enum wire_number tag, int64_t missing) {
  const uint8_t *data;
  size_t length;
  if (!wire_find(frame, tag, &data, &length) || length != 8) return missing;
  return (int64_t)((uint64_t)get32(data) << 32 | get32(data + 4));
}

static uint8_t *bytes(struct wire_out *out) { return out->more != NULL ? out->more : out->few; }

const uint8_t *wire_data(const struct wire_out *out) {
  return out->more != NULL ? out->more : out->few;
}

void wire_clear(struct wire_out *out, size_t kept) {
  out->length = out->frame = 0;
  out->broken = false;
  if (out->capacity > kept) {
    free(out->more);
    out->more = NULL;
    out->capacity = 0;
  }
}

/* Room for more bytes; NULL, with the open frame taken back, when there is no memory for them. */
static uint8_t *grow(struct wire_out *out, size_t more) {
  if (out->broken) return NULL;
  size_t held = out->more != NULL ? out->capacity : sizeof out->few;
  if (held - out->length < more) {
    size_t capacity = held * 2;
    while (capacity - out->length < more) capacity *= 2;
    uint8_t *larger = resized(out->more, capacity);
    if (larger == NULL) {
      out->broken = true;
      out->length = out->frame;
      return NULL;
    }
    if (out->more == NULL) memcpy(larger, out->few, out->length);
    out->more = larger;
    out->capacity = capacity;
  }
  uint8_t *at = bytes(out) + out->length;
  out->length += more;
  return at;
}

void wire_begin(struct wire_out *out, enum wire_number type, uint32_t id) {
  out->frame = out->length;
  uint8_t *head = grow(out, WIRE_HEADER_BYTES);
  if (head == NULL) return;
  put32(head, 0);
  put16(head + 4, WIRE_VERSION);
  put16(head + 6, (uint16_t)type);
  put32(head + 8, id);
}

void wire_bytes(struct wire_out *out, enum wire_number tag, const void *data, size_t length) {
  uint8_t *field = grow(out, FIELD_HEADER + length);
  if (field == NULL) return;
  put16(field, (uint16_t)tag);
  put16(field + 2, 0);
  put32(field + 4, (uint32_t)length);
  if (length > 0) memcpy(field + FIELD_HEADER, data, length);
}

void wire_number(struct wire_out *out, enum wire_number tag, int64_t value) {
  uint8_t number[8];
  put32(number, (uint32_t)((uint64_t)value >> 32));
  put32(number + 4, (uint32_t)value);
  wire_bytes(out, tag, number, sizeof number);
}

void wire_text(struct wire_out *out, enum wire_number tag, const char *text) {
  wire_bytes(out, tag, text, strlen(text));
}

void wire_end(struct wire_out *out) {
  if (out->broken) return;
  put32(bytes(out) + out->frame, (uint32_t)(out->length - out->frame - WIRE_HEADER_BYTES));
}
