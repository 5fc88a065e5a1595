#include "socket_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool socket_name(struct sockaddr_un *address, const char *path, int *directory) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  *directory = -1;
  if (strlen(path) < sizeof address->sun_path) {
    strcpy(address->sun_path, path);
    return true;
  }
  const char *slash = strrchr(path, '/');
  char *parent FREE = formatted("%.*s", slash == NULL ? 0 : (int)(slash - path), path);
  if (parent == NULL) return false;
  int fd CLOSE = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  /* By number and not as "self": the runtime that is told of it is another process. */
  int length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/%d/fd/%d%s",
                        (int)getpid(), fd, slash);
  if (length < 0 || (size_t)length >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return false;
  }
  *directory = fd;
  fd = -1;
  return true;
}
