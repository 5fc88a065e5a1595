#include "check.h"
#include "log_format.h"

enum { OUT = 64 * 1024 };

static char out[OUT];

static size_t format(struct log_format *log, const char *text, size_t length, bool end,
                     size_t *produced) {
  size_t used = log_format_text(log, text, length, end, out, sizeof out, produced);
  if (*produced < OUT) out[*produced] = '\0';
  return used;
}

static void lines_get_time_stream_and_tag(void) {
  struct log_format log;
  size_t produced;
  log_format_init(&log, "stdout", false);
  log_format_stamp(&log, INT64_C(1795235482001002003));
  CHECK(format(&log, "a\n\nbc\r\nrest", 11, false, &produced) == 7);
  CHECK_TEXT(out,
             "2026-11-21T04:31:22.001002003Z stdout F a\n"
             "2026-11-21T04:31:22.001002003Z stdout F \n"
             "2026-11-21T04:31:22.001002003Z stdout F bc\r\n");
  CHECK(log_format_payload(out, produced) == 7);
  CHECK(format(&log, "rest", 4, true, &produced) == 4);
  CHECK_TEXT(out, "2026-11-21T04:31:22.001002003Z stdout P rest\n");
  CHECK(log_format_payload(out, produced) == 4);
}

static void terminals_lose_their_returns(void) {
  struct log_format log;
  size_t produced;
  log_format_init(&log, "stderr", true);
  log_format_stamp(&log, 0);
  CHECK(format(&log, "a\r\n\r\nb\rc\n", 9, false, &produced) == 9);
  CHECK_TEXT(out,
             "1970-01-01T00:00:00.000000000Z stderr F a\n"
             "1970-01-01T00:00:00.000000000Z stderr F \n"
             "1970-01-01T00:00:00.000000000Z stderr F b\rc\n");
}

static void the_time_moves_on(void) {
  struct log_format log;
  log_format_init(&log, "stdout", false);
  log_format_stamp(&log, INT64_C(1709164799999999999));
  CHECK(memcmp(log.prefix, "2024-02-28T23:59:59.999999999Z", 30) == 0);
  log_format_stamp(&log, INT64_C(1709164800000000000));
  CHECK(memcmp(log.prefix, "2024-02-29T00:00:00.000000000Z", 30) == 0);
}

/* Around the size of a piece, with and without the newline. */
static void pieces_end_at_16_kib(void) {
  static char text[2 * LOG_PIECE + 8];
  for (size_t length = LOG_PIECE - 1; length <= LOG_PIECE + 1; length++) {
    struct log_format log;
    size_t produced;
    log_format_init(&log, "stdout", false);
    memset(text, 'x', length);
    text[length] = '\n';
    CHECK(format(&log, text, length + 1, false, &produced) == length + 1);
    bool split = length > LOG_PIECE;
    CHECK(out[LOG_PREFIX - 2] == (split ? 'P' : 'F'));
    CHECK(produced == length + 1 + (split ? 2 * (size_t)LOG_PREFIX + 1 : LOG_PREFIX));
    CHECK(log_format_payload(out, produced) == length + 1);
    CHECK(format(&log, text, length, false, &produced) == (split ? LOG_PIECE : 0));
  }
}

static void a_full_buffer_takes_whole_lines_only(void) {
  struct log_format log;
  size_t produced;
  log_format_init(&log, "stdout", false);
  char small[2 * (LOG_PREFIX + 4)];
  CHECK(log_format_text(&log, "abc\nabc\nabc\n", 12, false, small, sizeof small, &produced) == 8);
  CHECK(produced == sizeof small);
}

int main(void) {
  lines_get_time_stream_and_tag();
  terminals_lose_their_returns();
  the_time_moves_on();
  pieces_end_at_16_kib();
  a_full_buffer_takes_whole_lines_only();
  return 0;
}
