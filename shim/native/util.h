/* Small helpers that every file uses: errors, owned descriptors, whole files, clocks. */
#ifndef JCRI_UTIL_H
#define JCRI_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CLEANUP(function) __attribute__((cleanup(function)))
#define CLOSE CLEANUP(close_owned)
#define FREE CLEANUP(free_owned)
#define PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))

void close_owned(int *fd);
void free_owned(void *pointer);

/* Prints `jcri-shim: ...` on stderr and exits with status 1. */
_Noreturn void die(const char *format, ...) PRINTF(1, 2);

/* Prints `jcri-shim: ...` on stderr, which is <state>/shim.log once the shim is a daemon. */
void warn(const char *format, ...) PRINTF(1, 2);

/* Allocations: a shim without memory cannot go on, so these never return NULL. */
void *new_zeroed(size_t size);
void *resized(void *block, size_t size);
char *formatted(const char *format, ...) PRINTF(1, 2);

/* Writes all of a block, through EINTR and short writes; false leaves errno. */
bool write_all(int fd, const void *data, size_t length);

/* Reads at most capacity - 1 bytes of a file and ends them with NUL; -1 leaves errno. */
ssize_t read_text(const char *path, char *text, size_t capacity);

/* Writes a short text into an existing file, as /proc and cgroupfs want it: one write. */
bool write_text(const char *path, const char *text);

/* Parses the whole of a decimal number within [low, high]. */
bool parse_number(const char *text, int64_t low, int64_t high, int64_t *number);

int64_t now_wall_nanos(void);
int64_t now_monotonic_millis(void);

#endif
