/* Small helpers that every file uses: refusals, memory, whole files, clocks. */
#ifndef JCRI_UTIL_H
#define JCRI_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/descriptor.h"
#include "common/report.h"

#define FREE __attribute__((cleanup(free_owned)))
#define PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))

void free_owned(void *pointer);

/* Memory. Whoever asks for it gets NULL with ENOMEM when there is none, and refuses what it is
 * needed for: a shim that owns a container must not end for that. */
void *new_zeroed(size_t size);
void *resized(void *block, size_t size);
char *formatted(const char *format, ...) PRINTF(1, 2);

/* Why something that was asked for is not done. Its text needs no memory. */
struct refusal {
  char text[2048];
};

/* Sets the text, which may use %m; always false. */
bool refuse(struct refusal *refusal, const char *format, ...) PRINTF(2, 3);
bool refuse_for_memory(struct refusal *refusal);

/* Writes all of a block, through EINTR and short writes; false leaves errno. */
bool write_all(int fd, const void *data, size_t length);

/* Reads at most capacity - 1 bytes of a file and ends them with NUL; -1 leaves errno. */
ssize_t read_text(const char *path, char *text, size_t capacity);

/* Writes a short text into an existing file, as /proc and cgroupfs want it: one write. */
bool write_text(const char *path, const char *text);

/* Parses the whole of a decimal number within [low, high]. */
bool parse_number(const char *text, int64_t low, int64_t high, int64_t *number);

/* Of a wait status; a signal's end as shells and the CRI count it: 128 + signal. */
int exit_code_of(int status);

int64_t now_wall_nanos(void);
int64_t now_monotonic_millis(void);

#endif
