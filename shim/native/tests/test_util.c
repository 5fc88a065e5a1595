#include <unistd.h>

#include "check.h"
#include "util.h"

static void numbers_are_parsed_whole(void) {
  int64_t number = 7;
  CHECK(parse_number("0", 0, 10, &number) && number == 0);
  CHECK(parse_number("-3", -5, 10, &number) && number == -3);
  CHECK(!parse_number("", 0, 10, &number));
  CHECK(!parse_number(NULL, 0, 10, &number));
  CHECK(!parse_number("11", 0, 10, &number));
  CHECK(!parse_number("1x", 0, 10, &number));
  CHECK(!parse_number(" 1", 0, 10, &number));
  CHECK(!parse_number("99999999999999999999", 0, INT64_MAX, &number));
  CHECK(number == -3);
}

static void texts_are_cut_at_the_capacity(void) {
  char path[] = "/tmp/jcri-shim-util-XXXXXX";
  int fd = mkstemp(path);
  CHECK(fd >= 0);
  CHECK(write_all(fd, "0123456789", 10));
  close(fd);
  char text[5];
  CHECK(read_text(path, text, sizeof text) == 4);
  CHECK_TEXT(text, "0123");
  CHECK(write_text(path, "ab"));
  char all[32];
  CHECK(read_text(path, all, sizeof all) == 10);
  CHECK_TEXT(all, "ab23456789");
  unlink(path);
  CHECK(read_text(path, all, sizeof all) == -1);
}

int main(void) {
  numbers_are_parsed_whole();
  texts_are_cut_at_the_capacity();
  return 0;
}
