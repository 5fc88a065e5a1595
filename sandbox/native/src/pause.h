#ifndef JCRI_PAUSE_H
#define JCRI_PAUSE_H

#include "request.h"

/* The memory of argv, which becomes the process's title. */
struct title {
  char *start;
  size_t size;
};

/* What the parent and the pause process say to each other, one byte or one line a message. */
enum { MAPPED = 'm', READY = 'r', GO = 'g' };

/* The life of the pause process, which starts in the sandbox's directory; the directory root in it
 * becomes its root. The parent is at the other end of the socket; until it has said GO, its death
 * is this process's death. */
_Noreturn void pause_run(const struct request *request, int parent, struct title title);

#endif
