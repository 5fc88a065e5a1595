#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void close_owned(int *fd) {
  int saved = errno;
  if (*fd >= 0) close(*fd);
  *fd = -1;
  errno = saved;
}

void free_owned(void *pointer) {
  void **block = pointer;
  free(*block);
  *block = NULL;
}

static void complain(const char *format, va_list arguments) {
  int saved = errno;
  char line[1024];
  int length = vsnprintf(line, sizeof line, format, arguments);
  if (length >= 0) dprintf(STDERR_FILENO, "jcri-shim: %s\n", line);
  errno = saved;
}

void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  complain(format, arguments);
  va_end(arguments);
  exit(1);
}

void warn(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  complain(format, arguments);
  va_end(arguments);
}

void *new_zeroed(size_t size) {
  void *block = calloc(1, size);
  if (block == NULL) die("out of memory for %zu bytes", size);
  return block;
}

void *resized(void *block, size_t size) {
  void *larger = realloc(block, size);
  if (larger == NULL) die("out of memory for %zu bytes", size);
  return larger;
}

char *formatted(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *text = NULL;
  if (vasprintf(&text, format, arguments) < 0) die("out of memory for a text");
  va_end(arguments);
  return text;
}

bool write_all(int fd, const void *data, size_t length) {
  const char *next = data;
  while (length > 0) {
    ssize_t written = write(fd, next, length);
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    next += written;
    length -= (size_t)written;
  }
  return true;
}

ssize_t read_text(const char *path, char *text, size_t capacity) {
  int fd CLOSE = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t length = 0;
  while (length + 1 < capacity) {
    ssize_t got = read(fd, text + length, capacity - 1 - length);
    if (got < 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    if (got == 0) break;
    length += (size_t)got;
  }
  text[length] = '\0';
  return (ssize_t)length;
}

bool write_text(const char *path, const char *text) {
  int fd CLOSE = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t written;
  do written = write(fd, text, strlen(text));
  while (written < 0 && errno == EINTR);
  return written == (ssize_t)strlen(text);
}

bool parse_number(const char *text, int64_t low, int64_t high, int64_t *number) {
  if (text == NULL || !(*text == '-' || (*text >= '0' && *text <= '9'))) return false;
  char *end = NULL;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || value < low || value > high) return false;
  *number = value;
  return true;
}

static struct timespec clock_of(clockid_t clock) {
  struct timespec time = {0};
  clock_gettime(clock, &time);
  return time;
}

int64_t now_wall_nanos(void) {
  struct timespec time = clock_of(CLOCK_REALTIME);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t now_monotonic_millis(void) {
  struct timespec time = clock_of(CLOCK_MONOTONIC);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}
