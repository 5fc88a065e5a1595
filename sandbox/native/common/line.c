#include "line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *errno_name(int error) {
  static const struct {
    int error;
    const char *name;
  } names[] = {
      {EPERM, "EPERM"},           {ENOENT, "ENOENT"},   {ESRCH, "ESRCH"},
      {EINTR, "EINTR"},           {EIO, "EIO"},         {ENXIO, "ENXIO"},
      {EBADF, "EBADF"},           {EAGAIN, "EAGAIN"},   {ENOMEM, "ENOMEM"},
      {EACCES, "EACCES"},         {EBUSY, "EBUSY"},     {EEXIST, "EEXIST"},
      {ENODEV, "ENODEV"},         {ENOTDIR, "ENOTDIR"}, {EISDIR, "EISDIR"},
      {EINVAL, "EINVAL"},         {ENFILE, "ENFILE"},   {EMFILE, "EMFILE"},
      {EFBIG, "EFBIG"},           {ENOSPC, "ENOSPC"},   {EROFS, "EROFS"},
      {EPIPE, "EPIPE"},           {ERANGE, "ERANGE"},   {ENAMETOOLONG, "ENAMETOOLONG"},
      {ENOSYS, "ENOSYS"},         {ELOOP, "ELOOP"},     {EUSERS, "EUSERS"},
      {EOPNOTSUPP, "EOPNOTSUPP"}, {E2BIG, "E2BIG"},     {EOVERFLOW, "EOVERFLOW"},
      {ENOEXEC, "ENOEXEC"},       {EXDEV, "EXDEV"},
  };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (names[i].error == error) return names[i].name;
  return "errno";
}

void line_add(struct line *line, const char *text) {
  /* Room stays for the newline and the end. */
  while (*text != '\0' && line->used < LINE_BYTES - 2) {
    char c = *text++;
    line->text[line->used++] = (unsigned char)c < ' ' || c == 127 ? ' ' : c;
  }
  line->text[line->used] = '\0';
}

void line_add_format(struct line *line, const char *format, va_list args) {
  char text[LINE_BYTES];
  if (vsnprintf(text, sizeof text, format, args) > 0) line_add(line, text);
}

void line_add_error(struct line *line, int error) {
  if (error != 0) {
    line_add(line, ": ");
    line_add(line, errno_name(error));
    line_add(line, " (");
    line_add(line, strerror(error));
    line_add(line, ")");
  }
}

void line_put(struct line *line, int fd) {
  line->text[line->used++] = '\n';
  ssize_t written = write(fd, line->text, line->used);
  (void)written;
}
