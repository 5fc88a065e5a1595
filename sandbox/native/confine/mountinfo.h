#ifndef JCRI_CONFINE_MOUNTINFO_H
#define JCRI_CONFINE_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a line of /proc/<pid>/mountinfo (proc(5)) says of a mount. */
struct mount {
  uint64_t id;
  const char *point; /* with the octal escapes taken out */
  const char *type;
};

struct mounts {
  struct mount *list;
  size_t count;
};

/* Reads the text, which ends with a NUL, lives as long as the mounts do and is changed. 0, or the
 * number of the first line that is none, or -1 without memory. To be given to mounts_free in any
 * case. */
long mountinfo_parse(char *text, struct mounts *mounts);
void mounts_free(struct mounts *mounts);

#endif
