/* The socket on which an OCI runtime hands over the terminal it made: --console-socket. */
#ifndef JCRI_CONSOLE_H
#define JCRI_CONSOLE_H

#include "util.h"

struct console {
  int listener;
  char *path;
};

/* Takes over the path; false leaves errno. */
bool console_open(struct console *console, char *path);

/* The terminal that a runtime, now ended, has sent; -1 when it sent none. */
int console_take(struct console *console);

void console_close(struct console *console);

#endif
