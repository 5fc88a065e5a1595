/* The three pipes of a process that has no terminal. */
#ifndef JCRI_STDIO_PIPES_H
#define JCRI_STDIO_PIPES_H

#include "util.h"

struct stdio_pipes {
  int ours[3];   /* write end of its stdin, read ends of its stdout and stderr */
  int theirs[3]; /* -1 stands for /dev/null */
};

#define STDIO_PIPES_NONE         \
  {                              \
    {-1, -1, -1}, { -1, -1, -1 } \
  }

/* Our ends do not block. uid and gid own the pipes, so that a container with a user namespace can
 * open /dev/stdout; -1 leaves them. False leaves errno and no descriptor. */
bool stdio_pipes_make(struct stdio_pipes *pipes, bool with_stdin, int64_t uid, int64_t gid);

/* From here on the container itself keeps its stdout and stderr from breaking, should we die: their
 * read ends are its own, too. Where that cannot be, they break. */
void stdio_pipes_outlive_us(struct stdio_pipes *pipes);

void stdio_pipes_close_ours(struct stdio_pipes *pipes);
void stdio_pipes_close_theirs(struct stdio_pipes *pipes);

#endif
