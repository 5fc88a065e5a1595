#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "report.h"

void close_owned(int *fd) {
  int saved = errno;
  if (*fd >= 0) close(*fd);
  *fd = -1;
  errno = saved;
}

void close_range_of(unsigned first, unsigned last) {
  if (syscall(SYS_close_range, first, last, 0U) != 0) {
    /* Before Linux 5.9. */
    long limit = sysconf(_SC_OPEN_MAX);
    for (unsigned fd = first; fd <= last && (long)fd < limit; fd++) close((int)fd);
  }
}

void descriptors_hold_stdio(void) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    /* The lowest that is free: this one. */
    if (open("/dev/null", O_RDWR | O_CLOEXEC) != fd) die("stdio", errno, "cannot open /dev/null");
  }
}

void descriptors_settle(void) {
  close_range_of(STDERR_FILENO + 1, ~0U);
  descriptors_hold_stdio();
}
