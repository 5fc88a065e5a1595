#include "check.h"
#include "wire.h"

static struct frame parsed(const struct wire_out *out, size_t at) {
  struct frame frame;
  CHECK(wire_read_header(wire_data(out) + at, &frame));
  frame.body = wire_data(out) + at + WIRE_HEADER_BYTES;
  CHECK(wire_body_valid(&frame));
  return frame;
}

static void fields_come_back(void) {
  struct wire_out out = {0};
  wire_begin(&out, REPLY_OK, 77);
  wire_number(&out, TAG_PID, -2);
  wire_text(&out, TAG_ERROR, "why");
  wire_bytes(&out, TAG_DATA, NULL, 0);
  wire_end(&out);
  size_t second = out.length;
  wire_begin(&out, EVENT_EXIT, 78);
  wire_end(&out);

  struct frame frame = parsed(&out, 0);
  CHECK(frame.type == REPLY_OK && frame.id == 77 && frame.version == WIRE_VERSION);
  CHECK(frame.length + WIRE_HEADER_BYTES == second);
  CHECK(wire_find_number(&frame, TAG_PID, 0) == -2);
  CHECK(wire_find_number(&frame, TAG_LIMIT, 5) == 5);
  CHECK(wire_find_number(&frame, TAG_ERROR, 5) == 5);
  const uint8_t *data;
  size_t length;
  CHECK(wire_find(&frame, TAG_ERROR, &data, &length) && length == 3 && memcmp(data, "why", 3) == 0);
  CHECK(wire_find(&frame, TAG_DATA, &data, &length) && length == 0);
  CHECK(!wire_find(&frame, TAG_STATE, &data, &length));
  frame = parsed(&out, second);
  CHECK(frame.type == EVENT_EXIT && frame.id == 78 && frame.length == 0);
  free(out.more);
}

static void headers_that_no_peer_sends_are_refused(void) {
  struct frame frame;
  uint8_t head[WIRE_HEADER_BYTES] = {0, 0x10, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0};
  CHECK(wire_read_header(head, &frame) && frame.length == WIRE_MAX_BODY_BYTES);
  head[3] = 1;
  CHECK(!wire_read_header(head, &frame));
  uint8_t unversioned[WIRE_HEADER_BYTES] = {0};
  CHECK(!wire_read_header(unversioned, &frame));
}

static void half_fields_are_refused(void) {
  struct wire_out out = {0};
  wire_begin(&out, REPLY_OK, 1);
  wire_number(&out, TAG_PID, 1);
  wire_end(&out);
  struct frame frame = parsed(&out, 0);
  size_t whole = frame.length;
  for (frame.length = 1; frame.length < whole; frame.length++) CHECK(!wire_body_valid(&frame));
  free(out.more);
}

int main(void) {
  fields_come_back();
  headers_that_no_peer_sends_are_refused();
  half_fields_are_refused();
  return 0;
}
