#include "streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "socket_name.h"

static bool is_null(int fd) {
  struct stat status;
  return fstat(fd, &status) != 0 || (S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3));
}

static void name(char *path, size_t capacity, int fd) {
  (void)snprintf(path, capacity, "/proc/%d/fd/%d", (int)getpid(), fd);
}

static bool make_pipe(int *read_end, int *write_end, struct refusal *refusal) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return refuse(refusal, "cannot make a pipe: %m");
  *read_end = ends[0];
  *write_end = ends[1];
  return true;
}

static bool send_master(const char *path, int master, struct refusal *refusal) {
  struct sockaddr_un address;
  int directory CLOSE = -1;
  if (!socket_name(&address, path, &directory))
    return refuse(refusal, "bad console socket %s: %m", path);
  int fd CLOSE = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
    return refuse(refusal, "cannot connect to the console socket %s: %m", path);
  /* With a name, as runc sends it: there must be a byte at least. */
  static char text[] = "/dev/ptmx";
  struct iovec block = {text, sizeof text - 1};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {.msg_iov = &block,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control.bytes};
  struct cmsghdr *item = CMSG_FIRSTHDR(&message);
  item->cmsg_level = SOL_SOCKET;
  item->cmsg_type = SCM_RIGHTS;
  item->cmsg_len = CMSG_LEN(sizeof master);
  memcpy(CMSG_DATA(item), &master, sizeof master);
  return sendmsg(fd, &message, MSG_NOSIGNAL) > 0 ||
         refuse(refusal, "cannot send a terminal to %s: %m", path);
}

/* Raw: the terminal that the container sees is the shim's, and does all there is to do. */
static int open_slave(int master) {
  char path[64];
  struct termios mode;
  if (unlockpt(master) != 0 || ptsname_r(master, path, sizeof path) != 0) return -1;
  int slave CLOSE = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (slave < 0 || tcgetattr(slave, &mode) != 0) return -1;
  cfmakeraw(&mode);
  if (tcsetattr(slave, TCSANOW, &mode) != 0) return -1;
  int opened = slave;
  slave = -1;
  return opened;
}

static bool prepare_terminal(struct streams *streams, const char *console_socket,
                             struct refusal *refusal) {
  int master CLOSE = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  streams->from = master < 0 ? -1 : open_slave(master);
  if (streams->from < 0) return refuse(refusal, "cannot make a terminal: %m");
  if (!make_pipe(&streams->in_read, &streams->in_write, refusal) ||
      !make_pipe(&streams->out_read, &streams->out_write, refusal))
    return false;
  name(streams->in, sizeof streams->in, streams->in_read);
  name(streams->out, sizeof streams->out, streams->out_write);
  return send_master(console_socket, master, refusal);
}

static bool prepare_pipes(struct streams *streams, struct refusal *refusal) {
  bool silent = is_null(STDOUT_FILENO) && is_null(STDERR_FILENO);
  if (!silent) {
    name(streams->out, sizeof streams->out, STDOUT_FILENO);
    name(streams->err, sizeof streams->err, STDERR_FILENO);
  }
  if (is_null(STDIN_FILENO)) return true;
  streams->from = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  if (streams->from < 0) return refuse(refusal, "cannot duplicate standard input: %m");
  if (!make_pipe(&streams->in_read, &streams->in_write, refusal)) return false;
  name(streams->in, sizeof streams->in, streams->in_read);
  /* Shims take no input where there is no output at all, and want both outputs or none. */
  if (silent) {
    name(streams->out, sizeof streams->out, STDOUT_FILENO);
    name(streams->err, sizeof streams->err, STDERR_FILENO);
  }
  return true;
}

bool streams_prepare(struct streams *streams, const char *console_socket, struct refusal *refusal) {
  *streams = STREAMS_NONE;
  streams->terminal = console_socket != NULL;
  return streams->terminal ? prepare_terminal(streams, console_socket, refusal)
                           : prepare_pipes(streams, refusal);
}

void streams_hand_over(struct streams *streams) {
  int null CLOSE = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (null >= 0) dup2(null, fd);
  close_owned(&streams->out_write);
}

void streams_close(struct streams *streams) {
  close_owned(&streams->from);
  close_owned(&streams->in_read);
  close_owned(&streams->in_write);
  close_owned(&streams->out_read);
  close_owned(&streams->out_write);
}

bool streams_input(void) { return !is_null(STDIN_FILENO); }
