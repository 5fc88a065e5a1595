#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void free_owned(void *pointer) {
  void **block = pointer;
  int saved = errno;
  free(*block);
  *block = NULL;
  errno = saved;
}

/* In test builds JCRI_SHIM_NO_MEMORY=12 refuses the twelfth piece of memory that is asked for, and
 * 12+ every one from there on; what is refused is told in the log. */
static bool memory_refused(void) {
#ifdef JCRI_FAULTS
  static int64_t asked;
  const char *wish = getenv("JCRI_SHIM_NO_MEMORY");
  if (wish == NULL) return false;
  char *end;
  int64_t first = strtoll(wish, &end, 10);
  asked++;
  if (asked == first || (asked > first && *end == '+')) {
    warn(0, "memory %lld is refused", (long long)asked);
    errno = ENOMEM;
    return true;
  }
#endif
  return false;
}

void *new_zeroed(size_t size) { return memory_refused() ? NULL : calloc(1, size); }

void *resized(void *block, size_t size) { return memory_refused() ? NULL : realloc(block, size); }

char *formatted(const char *format, ...) {
  int saved = errno;
  va_list arguments;
  va_start(arguments, format);
  char *text = NULL;
  bool made = !memory_refused() && vasprintf(&text, format, arguments) >= 0;
  va_end(arguments);
  errno = made ? saved : ENOMEM;
  return made ? text : NULL;
}

bool refuse(struct refusal *refusal, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(refusal->text, sizeof refusal->text, format, arguments);
  va_end(arguments);
  return false;
}

bool refuse_for_memory(struct refusal *refusal) {
  return refuse(refusal, "the container's shim is out of memory");
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

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
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
