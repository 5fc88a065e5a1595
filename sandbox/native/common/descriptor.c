#define _GNU_SOURCE
#include "descriptor.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

void close_fd(const int *fd) {
  if (*fd >= 0) close(*fd);
}

void close_range_of(unsigned first, unsigned last) {
  if (syscall(SYS_close_range, first, last, 0U) != 0) {
    /* Before Linux 5.9. */
    long limit = sysconf(_SC_OPEN_MAX);
    for (unsigned fd = first; fd <= last && (long)fd < limit; fd++) close((int)fd);
  }
}

void descriptors_settle(void) {
  close_range_of(STDERR_FILENO + 1, ~0U);
  int null;
  do {
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
  } while (null >= 0 && null <= STDERR_FILENO);
  close_fd(&null);
}
