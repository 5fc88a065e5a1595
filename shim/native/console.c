#include "console.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "socket_name.h"

bool console_open(struct console *console, char *path) {
  *console = CONSOLE_NONE;
  console->path = path;
  if (path == NULL) return false;
  const struct sockaddr_un *address = &console->address;
  if (!socket_name(&console->address, path, &console->directory)) return false;
  unlink(path);
  int fd CLOSE = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) != 0 ||
      listen(fd, 4) != 0)
    return false;
  console->listener = fd;
  fd = -1;
  return true;
}

static int receive(int connection) {
  char name[256];
  struct iovec block = {name, sizeof name};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * 4)];
  } control;
  struct msghdr message = {.msg_iov = &block,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  if (recvmsg(connection, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) < 0) return -1;
  /* Room was made for one message of descriptors, so there is at most one. */
  const struct cmsghdr *item = CMSG_FIRSTHDR(&message);
  if (item == NULL || item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) return -1;
  int terminal = -1;
  size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t i = 0; i < count; i++) {
    int fd;
    memcpy(&fd, CMSG_DATA(item) + i * sizeof fd, sizeof fd);
    if (terminal < 0)
      terminal = fd;
    else
      close(fd);
  }
  return terminal;
}

int console_take(struct console *console) {
  int connection CLOSE = accept4(console->listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0) return -1;
  int terminal = receive(connection);
  if (terminal >= 0) fcntl(terminal, F_SETFL, O_NONBLOCK);
  return terminal;
}

void console_close(struct console *console) {
  close_owned(&console->listener);
  close_owned(&console->directory);
  if (console->path != NULL) unlink(console->path);
  free(console->path);
  console->path = NULL;
}
