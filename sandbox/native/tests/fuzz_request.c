/* A libFuzzer target (LLVMFuzzerTestOneInput; arguments are separated by NUL) and, where libFuzzer
 * is missing, its own loop: inputs put together from the grammar's pieces by a generator with a
 * fixed seed, so that a failure repeats. What must hold: no sanitizer speaks, and no accepted
 * sysctl leads out of the pod's own. */
#include <stdint.h>
#include <string.h>

#include "../src/request.h"
#include "check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* Exactly as large as the input, so that the sanitizer sees one byte too many. */
  char *copy = malloc(size + 1);
  CHECK(copy != NULL, "memory");
  memcpy(copy, data, size);
  copy[size] = '\0';
  char *args[64];
  int count = 0;
  for (size_t at = 0; at < size && count < 64; at += strlen(copy + at) + 1)
    args[count++] = copy + at;
  static struct request request;
  memset(&request, 0, sizeof request);
  struct request_error error;
  if (request_parse(&request, count, args, &error)) {
    for (size_t i = 0; i < request.sysctl_count; i++) {
      char path[MAX_SYSCTL_NAME];
      CHECK(sysctl_path(&request, &request.sysctls[i], path, &error), "%s", error.text);
      size_t length = strlen(path);
      CHECK(strstr(path, "/../") == NULL && (length < 3 || strcmp(path + length - 3, "/..") != 0),
            "%s", path);
      CHECK(strncmp(path, "net/", 4) == 0 || strncmp(path, "kernel/", 7) == 0 ||
                strncmp(path, "fs/mqueue/", 10) == 0,
            "%s", path);
    }
  }
  free(copy);
  return 0;
}

#ifndef LIBFUZZER
static uint64_t state = 0x6a637269;

static uint64_t next(uint64_t bound) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % bound;
}

int main(void) {
  static const char *const pieces[] = {
      "id=",      "dir=/",   "new=",       "net",        "ipc",        "uts",
      "pid",      "user",    "hostname=",  "sysctl=",    "uidmap=",    "gidmap=",
      "cgroup=/", "oom=",    "shm=",       "0 1 2",      "4294967295", " ",
      "-",        "=",       ".",          "/",          "..",         "net.",
      "net/",     "kernel.", "kernel/sem", "fs.mqueue.", "a",          "99999999999999999999",
      "\n",       "\x7f",    "\xff",
  };
  enum { PIECES = sizeof pieces / sizeof pieces[0], ROUNDS = 200000 };
  char input[512];
  for (int round = 0; round < ROUNDS; round++) {
    /* A sound beginning half of the time, or no whole request would ever be accepted. */
    static const char sound[] = "id=a\0dir=/d\0new=net\0new=ipc";
    size_t size = 0;
    if (next(2) == 0) {
      size = sizeof sound;
      memcpy(input, sound, size);
    }
    for (uint64_t parts = next(12); parts > 0; parts--) {
      const char *piece = pieces[next(PIECES)];
      size_t length = strlen(piece) + (next(4) == 0 ? 1 : 0);
      if (size + length < sizeof input) {
        memcpy(input + size, piece, length);
        size += length;
      }
    }
    if (size > 0 && next(8) == 0) input[next(size)] = (char)next(256);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)input, size);
  }
  return 0;
}
#endif
