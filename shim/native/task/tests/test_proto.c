#include "check.h"
#include "proto.h"

static void has_the_bytes_of_the_specification(void) {
  struct proto proto PROTO = {0};
  proto_number(&proto, 1, 150);
  proto_text(&proto, 2, "testing");
  proto_number(&proto, 3, 0);
  proto_text(&proto, 4, "");
  proto_text(&proto, 5, NULL);
  static const uint8_t EXPECTED[] = {8, 0x96, 1, 0x12, 7, 't', 'e', 's', 't', 'i', 'n', 'g'};
  CHECK(proto.length == sizeof EXPECTED && memcmp(proto.bytes, EXPECTED, sizeof EXPECTED) == 0);
}

static void finds_what_was_written(void) {
  struct proto proto PROTO = {0}, inner PROTO = {0}, empty PROTO = {0};
  proto_number(&inner, 16, UINT64_MAX);
  proto_number(&proto, 1, 7);
  proto_any(&proto, 2, "a.Type", &inner);
  proto_number(&proto, 1, 8);
  proto_message(&proto, 3, &empty);
  struct view message = {proto.bytes, proto.length};
  CHECK(proto_find_number(message, 1) == 8, "the last counts");
  CHECK(proto_find_number(message, 2) == 0 && proto_find_number(message, 9) == 0);
  struct view any = proto_find_block(message, 2);
  char type[8];
  proto_copy_text(proto_find_block(any, 1), type, sizeof type);
  CHECK_TEXT(type, "a.Type");
  proto_copy_text(proto_find_block(any, 1), type, 4);
  CHECK_TEXT(type, "a.T");
  CHECK(proto_find_number(proto_find_block(any, 2), 16) == UINT64_MAX);
  struct view none = proto_find_block(message, 3);
  CHECK(none.data != NULL && none.length == 0, "an empty message is there");
  proto_copy_text(proto_find_block(message, 4), type, sizeof type);
  CHECK_TEXT(type, "");
}

static void goes_over_fields_that_it_does_not_know(void) {
  static const uint8_t BYTES[] = {0x0d, 1, 0, 0, 0, 0x11, 2, 0, 0, 0, 0, 0, 0, 0, 0x18, 3};
  struct view message = {BYTES, sizeof BYTES};
  CHECK(proto_find_number(message, 1) == 1);
  CHECK(proto_find_number(message, 2) == 2);
  CHECK(proto_find_number(message, 3) == 3);
}

static void stops_at_what_is_no_field(void) {
  static const struct {
    const char *bytes;
    size_t length;
  } WRONG[] = {
      {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11}, /* a length near 2^64 */
      {"\x12\x05"
       "ab",
       4},                                                          /* longer than the message */
      {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13}, /* an endless number */
      {"\x00\x01", 2},                                              /* field 0 */
      {"\x0b\x0c", 2},                                              /* a group */
      {"\x0f\x01", 2},                                              /* no type */
      {"\x08", 1},
      {"\x0d\x01\x02", 3},
  };
  for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
    char *exact = malloc(WRONG[i].length);
    CHECK(exact != NULL);
    memcpy(exact, WRONG[i].bytes, WRONG[i].length);
    struct view message = {(const uint8_t *)exact, WRONG[i].length};
    struct proto_field field;
    CHECK(!proto_next(&message, &field), "case %zu", i);
    free(exact);
  }
}

static void bears_every_cut(void) {
  struct proto proto PROTO = {0};
  proto_number(&proto, 1, UINT64_MAX);
  proto_text(&proto, 2, "some text");
  proto_number(&proto, 3, 5);
  for (size_t length = 0; length <= proto.length; length++) {
    uint8_t *exact = malloc(length + 1);
    CHECK(exact != NULL);
    memcpy(exact, proto.bytes, length);
    exact = realloc(exact, length > 0 ? length : 1);
    struct view message = {exact, length};
    CHECK((proto_find_number(message, 3) == 5) == (length == proto.length));
    free(exact);
  }
}

int main(void) {
  has_the_bytes_of_the_specification();
  finds_what_was_written();
  goes_over_fields_that_it_does_not_know();
  stops_at_what_is_no_field();
  bears_every_cut();
  return 0;
}
