/* What all native tests of jcri are made of: checks that end the program at the first thing that is
 * not so, and a seeded generator. */
#ifndef JCRI_CHECK_H
#define JCRI_CHECK_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 4, 5))) static inline _Noreturn void check_failed(
    const char *file, int line, const char *condition, const char *format, ...) {
  va_list args;
  va_start(args, format);
  (void)fprintf(stderr, "%s:%d: not so: %s:", file, line, condition);
  (void)vfprintf(stderr, format, args);
  (void)fprintf(stderr, "\n");
  exit(1);
}

/* CHECK(condition), or with a format and its values that say more. */
#define CHECK(condition, ...)                                                        \
  do {                                                                               \
    if (!(condition)) check_failed(__FILE__, __LINE__, #condition, " " __VA_ARGS__); \
  } while (0)

#define CHECK_TEXT(actual, expected)                                                              \
  do {                                                                                            \
    const char *check_actual = (actual), *check_expected = (expected);                            \
    CHECK(strcmp(check_actual, check_expected) == 0, "got \"%s\", expected \"%s\"", check_actual, \
          check_expected);                                                                        \
  } while (0)

/* xorshift64*: the seed is printed by the loops that use it, so a failure can be run again. */
static inline uint64_t next_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(2685821657736338717);
}

#endif
