#ifndef JCRI_CONFINE_REQUEST_H
#define JCRI_CONFINE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is asked of one run, as argv carries it. See main.c. */

enum { MAX_CGROUPS = 32, MAX_PATHS = 128 };

struct named_path {
  const char *path;
  bool writable;
};

struct request {
  size_t cgroup_count, path_count;
  const char *cgroups[MAX_CGROUPS];
  struct named_path paths[MAX_PATHS];
  uint64_t capabilities; /* a bit each, by their numbers */
  bool mounts_refused;
  char *const *program; /* with its arguments and a NULL at the end */
};

struct request_error {
  char text[320];
};

/* Fills request, which comes zeroed and whose strings then point into args, a list that ends with a
 * NULL; false with a text that names the argument. */
bool request_parse(struct request *request, int count, char *const args[],
                   struct request_error *error);

/* Whether path lies below the directory, not at it; both are normal. */
bool path_below(const char *path, const char *directory);

#endif
