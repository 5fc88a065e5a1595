#include "log_format.h"

#include <string.h>
#include <time.h>

enum { TAG_AT = LOG_PREFIX - 2, FRACTION_AT = 20 };

void log_format_init(struct log_format *format, const char *stream, bool trim_return) {
  *format = (struct log_format){.trim_return = trim_return};
  memset(format->prefix, ' ', LOG_PREFIX);
  memcpy(format->prefix + 31, stream, 6);
  format->prefix[TAG_AT] = 'F';
  log_format_stamp(format, 0);
}

static void put_digits(char *at, int digits, int64_t value) {
  for (int i = digits - 1; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
}

void log_format_stamp(struct log_format *format, int64_t wall_nanos) {
  int64_t second = wall_nanos / 1000000000;
  char *at = format->prefix;
  if (second != format->second || second == 0) {
    time_t time = (time_t)second;
    struct tm parts;
    gmtime_r(&time, &parts);
    put_digits(at, 4, parts.tm_year + 1900);
    put_digits(at + 5, 2, parts.tm_mon + 1);
    put_digits(at + 8, 2, parts.tm_mday);
    put_digits(at + 11, 2, parts.tm_hour);
    put_digits(at + 14, 2, parts.tm_min);
    put_digits(at + 17, 2, parts.tm_sec);
    at[4] = at[7] = '-';
    at[10] = 'T';
    at[13] = at[16] = ':';
    at[19] = '.';
    at[29] = 'Z';
    format->second = second;
  }
  put_digits(at + FRACTION_AT, 9, wall_nanos % 1000000000);
}

static char *put_line(const struct log_format *format, char tag, const char *text, size_t length,
                      char *out) {
  memcpy(out, format->prefix, LOG_PREFIX);
  out[TAG_AT] = tag;
  memcpy(out + LOG_PREFIX, text, length);
  out[LOG_PREFIX + length] = '\n';
  return out + LOG_PREFIX + length + 1;
}

size_t log_format_text(const struct log_format *format, const char *text, size_t length, bool end,
                       char *out, size_t capacity, size_t *produced) {
  const char *at = text, *limit = text + length;
  char *next = out;
  while (at < limit) {
    size_t left = (size_t)(limit - at), used, shown;
    size_t window = left > LOG_PIECE ? LOG_PIECE + 1 : left;
    const char *newline = memchr(at, '\n', window);
    char tag = 'F';
    if (newline != NULL) {
      shown = (size_t)(newline - at);
      used = shown + 1;
      if (format->trim_return && shown > 0 && at[shown - 1] == '\r') shown--;
    } else if (left > LOG_PIECE) {
      shown = used = LOG_PIECE;
      tag = 'P';
    } else if (end) {
      shown = used = left;
      tag = 'P';
    } else {
      break;
    }
    if (capacity - (size_t)(next - out) < LOG_PREFIX + shown + 1) break;
    next = put_line(format, tag, at, shown, next);
    at += used;
  }
  *produced = (size_t)(next - out);
  return (size_t)(at - text);
}

size_t log_format_payload(const char *lines, size_t length) {
  size_t payload = 0;
  while (length > LOG_PREFIX) {
    const char *newline = memchr(lines + LOG_PREFIX, '\n', length - LOG_PREFIX);
    size_t line = newline == NULL ? length : (size_t)(newline - lines) + 1;
    payload += line - LOG_PREFIX;
    if (newline != NULL && lines[TAG_AT] == 'P') payload--; /* that newline is ours */
    lines += line;
    length -= line;
  }
  return payload;
}
