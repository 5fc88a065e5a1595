#ifndef JCRI_CHECK_H
#define JCRI_CHECK_H

#include <stdio.h>
#include <stdlib.h>

/* A test is a function that ends the program at the first thing that is not so. */
#define CHECK(condition, ...)                                                       \
  do {                                                                              \
    if (!(condition)) {                                                             \
      (void)fprintf(stderr, "%s:%d: not so: %s: ", __FILE__, __LINE__, #condition); \
      (void)fprintf(stderr, __VA_ARGS__);                                           \
      (void)fprintf(stderr, "\n");                                                  \
      exit(1);                                                                      \
    }                                                                               \
  } while (0)

#endif
