#ifndef JCRI_LINE_H
#define JCRI_LINE_H

#include <stdarg.h>
#include <stddef.h>

/* A message being put together: one line, whatever the request had in it. Too long a one is cut. */
enum { LINE_BYTES = 1024 };
struct line {
  char text[LINE_BYTES]; /* terminated */
  size_t used;
};

void line_add(struct line *line, const char *text);
void line_add_format(struct line *line, const char *format, va_list args);
/* ": EINVAL (Invalid argument)", or nothing for 0. */
void line_add_error(struct line *line, int error);
/* With a newline at its end; there is nobody left to tell when this fails. */
void line_put(struct line *line, int fd);

/* "EINVAL", or "errno" for one without a name here. */
const char *errno_name(int error);

#endif
