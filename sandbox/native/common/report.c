#include "report.h"

#include <unistd.h>

static _Noreturn void end(int status, const char *stage, int error, const char *format,
                          va_list args) {
  struct line line = {.used = 0};
  line_add(&line, SPEAKER.prefix);
  line_add(&line, stage);
  line_add(&line, ": ");
  line_add_format(&line, format, args);
  line_add_error(&line, error);
  if (SPEAKER.say != NULL)
    SPEAKER.say(&line);
  else
    line_put(&line, SPEAKER.fd);
  _exit(status);
}

void die(const char *stage, int error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  end(SPEAKER.status, stage, error, format, args);
}

void die_with(int status, const char *stage, int error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  end(status, stage, error, format, args);
}

void warn(int error, const char *format, ...) {
  struct line line = {.used = 0};
  line_add(&line, SPEAKER.name);
  line_add(&line, ": ");
  va_list args;
  va_start(args, format);
  line_add_format(&line, format, args);
  va_end(args);
  line_add_error(&line, error);
  line_put(&line, STDERR_FILENO);
}
