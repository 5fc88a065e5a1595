/* Turns a container's bytes into CRI log lines: `<RFC 3339 time> stdout|stderr P|F <text>`.
 *
 * A line longer than LOG_PIECE goes out in pieces tagged P, its last piece tagged F. Text that
 * ends without a newline when the stream ends is tagged P, so that a reader does not invent one. */
#ifndef JCRI_LOG_FORMAT_H
#define JCRI_LOG_FORMAT_H

#include "util.h"

enum {
  LOG_PIECE = 16 * 1024,
  LOG_PREFIX = 40, /* 2026-11-21T04:31:22.123456789Z stdout F<space> */
  LOG_LINE_MAX = LOG_PREFIX + LOG_PIECE + 1,
};

struct log_format {
  char prefix[LOG_PREFIX]; /* the tag's place is filled in line by line */
  bool trim_return;        /* a terminal ends lines with CR LF */
  int64_t second;          /* the second that the prefix shows, 0 at first */
};

void log_format_init(struct log_format *format, const char *stream, bool trim_return);

/* Puts the time into the prefix; once per read is enough. */
void log_format_stamp(struct log_format *format, int64_t wall_nanos);

/* Formats as many whole pieces as fit into out, which holds at least LOG_LINE_MAX bytes. Returns
 * how many bytes of text were used up; what is left is the start of a line, or did not fit. */
size_t log_format_text(const struct log_format *format, const char *text, size_t length, bool end,
                       char *out, size_t capacity, size_t *produced);

/* How many of the container's bytes stand in these formatted lines. */
size_t log_format_payload(const char *lines, size_t length);

#endif
