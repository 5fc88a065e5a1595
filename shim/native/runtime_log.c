#include "runtime_log.h"

#include <string.h>
#include <strings.h>

struct reader {
  const char *at, *end;
};

struct writer {
  char *at, *end; /* end leaves room for NUL */
};

static void put(struct writer *writer, char byte) {
  if (writer != NULL && writer->at < writer->end) *writer->at++ = byte;
}

static bool hex4(struct reader *reader, unsigned *value) {
  if (reader->end - reader->at < 4) return false;
  *value = 0;
  for (int i = 0; i < 4; i++) {
    char c = *reader->at++;
    unsigned digit;
    if (c >= '0' && c <= '9')
      digit = (unsigned)(c - '0');
    else if ((c | 32) >= 'a' && (c | 32) <= 'f')
      digit = (unsigned)((c | 32) - 'a' + 10);
    else
      return false;
    *value = *value << 4 | digit;
  }
  return true;
}

static void put_utf8(struct writer *writer, unsigned code) {
  if (code < 0x20 || (code >= 0xd800 && code < 0xe000)) code = ' ';
  if (code < 0x80) {
    put(writer, (char)code);
  } else if (code < 0x800) {
    put(writer, (char)(0xc0 | code >> 6));
    put(writer, (char)(0x80 | (code & 0x3f)));
  } else {
    put(writer, (char)(0xe0 | code >> 12));
    put(writer, (char)(0x80 | (code >> 6 & 0x3f)));
    put(writer, (char)(0x80 | (code & 0x3f)));
  }
}

static bool escape(struct reader *reader, struct writer *writer) {
  if (reader->at == reader->end) return false;
  char c = *reader->at++;
  unsigned code;
  switch (c) {
    case '"':
    case '\\':
    case '/':
      put(writer, c);
      return true;
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      put(writer, ' ');
      return true;
    case 'u':
      if (!hex4(reader, &code)) return false;
      put_utf8(writer, code);
      return true;
    default:
      return false;
  }
}

/* Reads a string whose opening quote is next. */
static bool string(struct reader *reader, struct writer *writer) {
  if (reader->at == reader->end || *reader->at++ != '"') return false;
  while (reader->at < reader->end) {
    char c = *reader->at++;
    if (c == '"') return true;
    if (c == '\\') {
      if (!escape(reader, writer)) return false;
    } else {
      put(writer, (unsigned char)c < 0x20 ? ' ' : c);
    }
  }
  return false;
}

static void blanks(struct reader *reader) {
  while (reader->at < reader->end && strchr(" \t\r", *reader->at) != NULL && *reader->at != '\0')
    reader->at++;
}

/* One flat object on one line, as runc and crun write it or as youki does; a nested value ends the
 * search, as no runtime writes one. */
static bool line_error(const char *line, size_t length, char *text, size_t capacity) {
  struct reader reader = {line, line + length};
  bool failed = false, told = false;
  blanks(&reader);
  if (reader.at == reader.end || *reader.at++ != '{') return false;
  for (;;) {
    char name[16] = "", value[16] = "";
    struct writer name_writer = {name, name + sizeof name - 1};
    struct writer value_writer = {value, value + sizeof value - 1};
    blanks(&reader);
    if (!string(&reader, &name_writer)) break;
    blanks(&reader);
    if (reader.at == reader.end || *reader.at++ != ':') break;
    blanks(&reader);
    if (strcmp(name, "msg") == 0 || strcmp(name, "message") == 0) {
      struct writer message = {text, text + capacity - 1};
      if (!string(&reader, &message)) break;
      *message.at = '\0';
      told = true;
    } else if (reader.at < reader.end && *reader.at == '"') {
      if (!string(&reader, &value_writer)) break;
      if (strcmp(name, "level") == 0)
        failed = strcasecmp(value, "error") == 0 || strcmp(value, "fatal") == 0;
    } else {
      while (reader.at < reader.end && *reader.at != ',' && *reader.at != '}') reader.at++;
    }
    blanks(&reader);
    if (reader.at == reader.end || *reader.at++ != ',') break;
  }
  return failed && told;
}

bool runtime_log_error(const char *log, size_t length, char *text, size_t capacity) {
  text[0] = '\0';
  size_t end = length;
  while (end > 0) {
    const char *newline = memrchr(log, '\n', end);
    size_t start = newline == NULL ? 0 : (size_t)(newline - log) + 1;
    if (start < end && line_error(log + start, end - start, text, capacity) && text[0] != '\0')
      return true;
    if (newline == NULL) break;
    end = start - 1;
  }
  text[0] = '\0';
  return false;
}
