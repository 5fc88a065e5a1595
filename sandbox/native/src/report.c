#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/line.h"

static int parent_fd = -1;
static undo_fn undo;

void report_to_parent(int fd) {
  parent_fd = fd;
  undo = NULL;
}

void report_undo_with(undo_fn with) { undo = with; }

static _Noreturn void finish(struct line *line) {
  if (undo != NULL) {
    undo_fn once = undo;
    undo = NULL;
    const char *cause = once();
    if (cause != NULL) {
      line->used = 0;
      line_add(line, cause);
    }
  }
  if (parent_fd >= 0) {
    /* There is nobody left to tell when this write fails. */
    ssize_t written = write(parent_fd, line->text, line->used);
    (void)written;
  } else {
    line_put(line, STDOUT_FILENO);
  }
  _exit(1);
}

_Noreturn void die(const char *stage, int error, const char *format, ...) {
  struct line line = {.used = 0};
  line_add(&line, "error ");
  line_add(&line, stage);
  line_add(&line, ": ");
  va_list args;
  va_start(args, format);
  line_add_format(&line, format, args);
  va_end(args);
  line_add_error(&line, error);
  finish(&line);
}

void warn(int error, const char *format, ...) {
  struct line line = {.used = 0};
  line_add(&line, "jcri-sandbox: ");
  va_list args;
  va_start(args, format);
  line_add_format(&line, format, args);
  va_end(args);
  line_add_error(&line, error);
  line_put(&line, STDERR_FILENO);
}

#ifdef JCRI_FAULTS
void fault_at(const char *stage) {
  const char *wanted = getenv("JCRI_SANDBOX_FAIL");
  if (wanted != NULL && strcmp(wanted, stage) == 0)
    die(stage, EIO, "fault asked for by JCRI_SANDBOX_FAIL");
  const char *killed = getenv("JCRI_SANDBOX_KILL");
  if (killed != NULL && strcmp(killed, stage) == 0) kill(getpid(), SIGKILL);
}
#endif
