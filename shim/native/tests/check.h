/* The test harness: a check that names what failed, and a seeded generator. */
#ifndef JCRI_CHECK_H
#define JCRI_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

#define CHECK_TEXT(actual, expected)                                                            \
  do {                                                                                          \
    const char *check_actual = (actual), *check_expected = (expected);                          \
    if (strcmp(check_actual, check_expected) != 0) {                                            \
      fprintf(stderr, "%s:%d: got \"%s\", expected \"%s\"\n", __FILE__, __LINE__, check_actual, \
              check_expected);                                                                  \
      exit(1);                                                                                  \
    }                                                                                           \
  } while (0)

/* xorshift64*: the seed is printed by the loops that use it, so a failure can be run again. */
static inline uint64_t next_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(2685821657736338717);
}

#endif
