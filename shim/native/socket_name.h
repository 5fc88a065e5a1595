/* Names of unix sockets. They have 107 bytes at most; a longer path is reached through the
 * descriptor of the socket's directory. */
#ifndef JCRI_SOCKET_NAME_H
#define JCRI_SOCKET_NAME_H

#include <sys/un.h>

#include "util.h"

/* Fills the address with a name of the path that this process and its children may use as long as
 * *directory, which is -1 when the path fits as it is, stays open. False leaves errno. */
bool socket_name(struct sockaddr_un *address, const char *path, int *directory);

#endif
