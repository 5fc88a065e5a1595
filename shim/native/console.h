/* The socket on which an OCI runtime hands over the terminal it made: --console-socket. */
#ifndef JCRI_CONSOLE_H
#define JCRI_CONSOLE_H

#include <sys/un.h>

#include "util.h"

struct console {
  int listener;
  int directory; /* keeps the name valid; -1 when it is the path */
  char *path;
  struct sockaddr_un address; /* its sun_path is what the runtime is told */
};

#define CONSOLE_NONE ((struct console){.listener = -1, .directory = -1})

/* Takes over the path, which may be NULL for want of memory; false leaves errno. */
bool console_open(struct console *console, char *path);

/* The terminal that a runtime, now ended, has sent; -1 when it sent none. */
int console_take(struct console *console);

void console_close(struct console *console);

#endif
