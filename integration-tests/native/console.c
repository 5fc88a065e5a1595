/*
 * Takes a terminal over the socket that it listens at, as an OCI runtime sends it to
 * --console-socket, and copies its output to stdout until it is hung up. Of the lines on stdin
 * "size ROWS COLUMNS" sets the window's size, any other is typed.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (strlen(path) >= sizeof address.sun_path) return -1;
  memcpy(address.sun_path, path, strlen(path));
  unlink(path);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) return -1;
  return listen(listener, 1) == 0 ? listener : -1;
}

static int take_terminal(int listener) {
  char name[64];
  struct iovec block = {name, sizeof name};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {.msg_iov = &block,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  int terminal = -1, connection = accept(listener, NULL, NULL);
  if (connection < 0 || recvmsg(connection, &message, 0) <= 0) return -1;
  struct cmsghdr *item = CMSG_FIRSTHDR(&message);
  if (item != NULL && item->cmsg_type == SCM_RIGHTS)
    memcpy(&terminal, CMSG_DATA(item), sizeof terminal);
  close(connection);
  return terminal;
}

static int carry_out(const char *line, int terminal) {
  unsigned short rows, columns;
  if (sscanf(line, "size %hu %hu", &rows, &columns) == 2) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ioctl(terminal, TIOCSWINSZ, &size);
  }
  return write(terminal, line, strlen(line)) < 0 ? -1 : 0;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: console SOCKET\n");
    return 2;
  }
  int listener = listen_at(argv[1]);
  if (listener < 0) {
    perror(argv[1]);
    return 1;
  }
  int terminal = take_terminal(listener);
  if (terminal < 0) {
    fprintf(stderr, "console: no terminal was sent\n");
    return 1;
  }
  /* Unbuffered, so that poll tells of every line that waits. */
  setvbuf(stdin, NULL, _IONBF, 0);
  struct pollfd ready[] = {{.fd = terminal, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  for (;;) {
    char bytes[256];
    if (poll(ready, 2, -1) < 0) return 1;
    if (ready[0].revents != 0) {
      ssize_t got = read(terminal, bytes, sizeof bytes);
      if (got <= 0) return 0; /* EIO when it is hung up */
      if (write(STDOUT_FILENO, bytes, (size_t)got) < 0) return 1;
    }
    if (ready[1].revents == 0) continue;
    if (fgets(bytes, sizeof bytes, stdin) == NULL)
      ready[1].fd = -1;
    else if (carry_out(bytes, terminal) < 0)
      return 1;
  }
}
