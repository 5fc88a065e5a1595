#ifndef JCRI_COMMON_REPORT_H
#define JCRI_COMMON_REPORT_H

#include "line.h"

/* How a program says what failed. Each one defines its own SPEAKER. */
struct speaker {
  const char *name;   /* in front of a warning */
  const char *prefix; /* in front of what die() says */
  int fd;             /* where die() says it */
  int status;         /* that the program then ends with */
  /* Says die()'s line in place of a write to fd, when something else is to be done first; may be
   * NULL. */
  void (*say)(struct line *line);
};
extern const struct speaker SPEAKER;

/* Ends the program: "<prefix><stage>: <message>", with ": EINVAL (Invalid argument)" after it when
 * error is not 0. */
_Noreturn void die(const char *stage, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with another status. */
_Noreturn void die_with(int status, const char *stage, int error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "<name>: <message>" on standard error, with the error as above; stops nothing. */
void warn(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
