#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static int parent_fd = -1;
static undo_fn undo;

void report_to_parent(int fd) {
  parent_fd = fd;
  undo = NULL;
}

void report_undo_with(undo_fn with) { undo = with; }

const char *errno_name(int error) {
  static const struct {
    int error;
    const char *name;
  } names[] = {
      {EPERM, "EPERM"},     {ENOENT, "ENOENT"},   {ESRCH, "ESRCH"},     {EINTR, "EINTR"},
      {EIO, "EIO"},         {ENXIO, "ENXIO"},     {EBADF, "EBADF"},     {EAGAIN, "EAGAIN"},
      {ENOMEM, "ENOMEM"},   {EACCES, "EACCES"},   {EBUSY, "EBUSY"},     {EEXIST, "EEXIST"},
      {ENODEV, "ENODEV"},   {ENOTDIR, "ENOTDIR"}, {EISDIR, "EISDIR"},   {EINVAL, "EINVAL"},
      {ENFILE, "ENFILE"},   {EMFILE, "EMFILE"},   {EFBIG, "EFBIG"},     {ENOSPC, "ENOSPC"},
      {EROFS, "EROFS"},     {EPIPE, "EPIPE"},     {ERANGE, "ERANGE"},   {ENAMETOOLONG, "ENAMETOOLONG"},
      {ENOSYS, "ENOSYS"},   {ELOOP, "ELOOP"},     {EUSERS, "EUSERS"},   {EOPNOTSUPP, "EOPNOTSUPP"},
      {E2BIG, "E2BIG"},     {EOVERFLOW, "EOVERFLOW"},
  };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].error == error) {
      return names[i].name;
    }
  }
  return "errno";
}

static void append(char *line, size_t *used, const char *text) {
  while (*text != '\0' && *used < LINE_MAX_BYTES - 2) {
    char c = *text++;
    /* One message is one line, whatever the request had in it. */
    line[(*used)++] = (c >= 0 && c < ' ') || c == 127 ? ' ' : c;
  }
  line[*used] = '\0';
}

static void append_format(char *line, size_t *used, const char *format, va_list args) {
  char text[LINE_MAX_BYTES];
  if (vsnprintf(text, sizeof text, format, args) > 0) {
    append(line, used, text);
  }
}

static void append_errno(char *line, size_t *used, int error) {
  if (error != 0) {
    append(line, used, ": ");
    append(line, used, errno_name(error));
    append(line, used, " (");
    append(line, used, strerror(error));
    append(line, used, ")");
  }
}

/* There is nobody left to tell when this write fails. */
static void put(int fd, const char *text, size_t length) {
  ssize_t written = write(fd, text, length);
  (void)written;
}

static _Noreturn void finish(char *line, size_t used) {
  if (undo != NULL) {
    undo_fn once = undo;
    undo = NULL;
    const char *cause = once();
    if (cause != NULL) {
      used = 0;
      append(line, &used, cause);
    }
  }
  if (parent_fd >= 0) {
    put(parent_fd, line, used);
  } else {
    line[used++] = '\n';
    put(STDOUT_FILENO, line, used);
  }
  _exit(1);
}

_Noreturn void die(const char *stage, int error, const char *format, ...) {
  char line[LINE_MAX_BYTES];
  size_t used = 0;
  append(line, &used, "error ");
  append(line, &used, stage);
  append(line, &used, ": ");
  va_list args;
  va_start(args, format);
  append_format(line, &used, format, args);
  va_end(args);
  append_errno(line, &used, error);
  finish(line, used);
}

void warn(int error, const char *format, ...) {
  char line[LINE_MAX_BYTES];
  size_t used = 0;
  append(line, &used, "jcri-sandbox: ");
  va_list args;
  va_start(args, format);
  append_format(line, &used, format, args);
  va_end(args);
  append_errno(line, &used, error);
  line[used++] = '\n';
  put(STDERR_FILENO, line, used);
}

#ifdef JCRI_FAULTS
void fault_at(const char *stage) {
  const char *wanted = getenv("JCRI_SANDBOX_FAIL");
  if (wanted != NULL && strcmp(wanted, stage) == 0) {
    die(stage, EIO, "fault asked for by JCRI_SANDBOX_FAIL");
  }
  const char *killed = getenv("JCRI_SANDBOX_KILL");
  if (killed != NULL && strcmp(killed, stage) == 0) {
    kill(getpid(), SIGKILL);
  }
}
#endif
