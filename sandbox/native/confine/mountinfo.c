#include "mountinfo.h"

#include <stdlib.h>
#include <string.h>

/* The field that starts here, terminated, and where the next one does; NULL for an empty one. */
static char *field(char **at) {
  char *start = *at;
  size_t length = strcspn(start, " ");
  *at = start[length] == '\0' ? start + length : start + length + 1;
  start[length] = '\0';
  return length == 0 ? NULL : start;
}

static bool is_octal(char c) { return c >= '0' && c <= '7'; }

/* The kernel writes space, tab, newline and backslash as \ and three digits. */
static void unescape(char *text) {
  char *to = text;
  for (const char *from = text; *from != '\0';) {
    if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && is_octal(from[2]) &&
        is_octal(from[3])) {
      char c = (char)(unsigned char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
      if (c != '\0') {
        *to++ = c;
        from += 4;
        continue;
      }
    }
    *to++ = *from++;
  }
  *to = '\0';
}

static bool parse_line(char *line, struct mount *mount) {
  char *end = NULL;
  char *id = field(&line);
  if (id == NULL || *id < '0' || *id > '9') return false;
  mount->id = strtoull(id, &end, 10);
  if (*end != '\0' || field(&line) == NULL || field(&line) == NULL || field(&line) == NULL)
    return false; /* parent, device, root in its file system */
  char *point = field(&line);
  if (point == NULL || *point != '/' || field(&line) == NULL) return false;
  unescape(point);
  mount->point = point;
  const char *optional;
  do {
    optional = field(&line);
  } while (optional != NULL && strcmp(optional, "-") != 0);
  mount->type = optional == NULL ? NULL : field(&line);
  return mount->type != NULL;
}

static bool add(struct mounts *mounts, const struct mount *mount) {
  /* Room doubles at each power of two. */
  if ((mounts->count & (mounts->count - 1)) == 0) {
    size_t room = mounts->count == 0 ? 1 : mounts->count * 2;
    struct mount *larger = realloc(mounts->list, room * sizeof *larger);
    if (larger == NULL) return false;
    mounts->list = larger;
  }
  mounts->list[mounts->count++] = *mount;
  return true;
}

long mountinfo_parse(char *text, struct mounts *mounts) {
  *mounts = (struct mounts){NULL, 0};
  long number = 1;
  for (char *line = text; *line != '\0'; number++) {
    size_t length = strcspn(line, "\n");
    char *next = line[length] == '\0' ? line + length : line + length + 1;
    line[length] = '\0';
    struct mount mount;
    if (!parse_line(line, &mount)) return number;
    if (!add(mounts, &mount)) return -1;
    line = next;
  }
  return 0;
}

void mounts_free(struct mounts *mounts) {
  free(mounts->list);
  *mounts = (struct mounts){NULL, 0};
}
