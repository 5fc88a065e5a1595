#define _GNU_SOURCE
#include <stdarg.h>
#include <unistd.h>

#include "../common/line.h"
#include "../common/report.h"
#include "confine.h"

static _Noreturn void finish(int status, const char *stage, int error, const char *format,
                             va_list args) {
  struct line line = {.used = 0};
  line_add(&line, "jcri-confine: ");
  line_add(&line, stage);
  line_add(&line, ": ");
  line_add_format(&line, format, args);
  line_add_error(&line, error);
  line_put(&line, STDERR_FILENO);
  _exit(status);
}

_Noreturn void die(const char *stage, int error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  finish(STATUS_FAILED, stage, error, format, args);
}

_Noreturn void die_with(int status, const char *stage, int error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  finish(status, stage, error, format, args);
}
