#include "record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 8192, FORMAT = 1 };

struct row {
  const char *name;
  size_t offset;
  size_t capacity; /* of a text; 0 for a number */
};

#define TEXT(field) \
  { #field, offsetof(struct record, field), sizeof((struct record *)NULL)->field }
#define NUMBER(field) \
  { #field, offsetof(struct record, field), 0 }

static const struct row ROWS[] = {
    TEXT(id),           TEXT(sandbox), TEXT(address),     TEXT(bundle),
    NUMBER(version),    NUMBER(pid),   NUMBER(pid_start), NUMBER(shim_pid),
    NUMBER(shim_start), NUMBER(api),   NUMBER(removed),
};

enum { ROW_COUNT = sizeof ROWS / sizeof ROWS[0] };

size_t record_format(const struct record *record, char *text, size_t capacity) {
  size_t length = 0;
  for (size_t i = 0; i < ROW_COUNT; i++) {
    const void *field = (const char *)record + ROWS[i].offset;
    int written = ROWS[i].capacity > 0 ? snprintf(text + length, capacity - length, "%s=%s\n",
                                                  ROWS[i].name, (const char *)field)
                                       : snprintf(text + length, capacity - length, "%s=%lld\n",
                                                  ROWS[i].name, (long long)*(const int64_t *)field);
    if (written < 0 || (size_t)written >= capacity - length) return 0;
    length += (size_t)written;
  }
  return length;
}

static bool parse_line(const char *line, size_t length, struct record *record) {
  const char *equals = memchr(line, '=', length);
  if (equals == NULL) return false;
  size_t name = (size_t)(equals - line);
  const char *value = equals + 1;
  size_t size = length - name - 1;
  for (size_t i = 0; i < ROW_COUNT; i++) {
    if (strlen(ROWS[i].name) != name || strncmp(ROWS[i].name, line, name) != 0) continue;
    char number[32];
    char *to = ROWS[i].capacity > 0 ? (char *)record + ROWS[i].offset : number;
    size_t capacity = ROWS[i].capacity > 0 ? ROWS[i].capacity : sizeof number;
    if (size >= capacity) return false;
    memcpy(to, value, size);
    to[size] = '\0';
    return ROWS[i].capacity > 0 ||
           parse_number(number, 0, INT64_MAX, (int64_t *)((char *)record + ROWS[i].offset));
  }
  return true; /* of a later version */
}

bool record_parse(const char *text, struct record *record) {
  *record = (struct record){0};
  while (*text != '\0') {
    size_t length = strcspn(text, "\n");
    if (text[length] != '\n' || !parse_line(text, length, record)) return false;
    text += length + 1;
  }
  return record->id[0] != '\0' && record->sandbox[0] != '\0' && record->bundle[0] == '/';
}

/* With what leads there: nobody else makes a runtime's root. */
static bool make_root(const char *root, struct refusal *refusal) {
  char *path FREE = formatted("%s", root);
  if (path == NULL) return refuse_for_memory(refusal);
  for (char *at = path + 1; *at != '\0'; at++) {
    if (*at != '/') continue;
    *at = '\0';
    mkdir(path, 0700); /* what fails here fails below */
    *at = '/';
  }
  return mkdir(root, 0700) == 0 || errno == EEXIST || refuse(refusal, "cannot make %s: %m", root);
}

bool record_make(const char *root, const struct record *record, struct refusal *refusal) {
  char *directory FREE = formatted("%s/%s", root, record->id);
  if (directory == NULL) return refuse_for_memory(refusal);
  if (!make_root(root, refusal)) return false;
  if (mkdir(directory, 0700) != 0)
    return errno == EEXIST ? refuse(refusal, "container with id %s exists already", record->id)
                           : refuse(refusal, "cannot make %s: %m", directory);
  if (record_write(root, record, refusal)) return true;
  record_remove(root, record->id);
  return false;
}

bool record_write(const char *root, const struct record *record, struct refusal *refusal) {
  char *path FREE = formatted("%s/%s/record", root, record->id);
  char *fresh FREE = formatted("%s/%s/record.new", root, record->id);
  char text[FILE_BYTES];
  size_t length = record_format(record, text, sizeof text);
  if (path == NULL || fresh == NULL) return refuse_for_memory(refusal);
  if (length == 0 || strchr(record->bundle, '\n') != NULL)
    return refuse(refusal, "cannot record the bundle %s", record->bundle);
  int fd CLOSE = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 || !write_all(fd, text, length) || rename(fresh, path) != 0)
    return refuse(refusal, "cannot write %s: %m", path);
  return true;
}

bool record_read(const char *root, const char *id, struct record *record) {
  char *path FREE = formatted("%s/%s/record", root, id);
  char text[FILE_BYTES];
  return path != NULL && read_text(path, text, sizeof text) > 0 && record_parse(text, record) &&
         strcmp(record->id, id) == 0;
}

void record_remove(const char *root, const char *id) {
  /* Last the bundle's other name, which the shim's removal may need. */
  const char *const files[] = {"record.new", "record", "events.sock", "events", id};
  char *directory FREE = formatted("%s/%s", root, id);
  if (directory == NULL) return;
  /* An event that was on its way may come to be kept just behind us; without a record none is. */
  for (int tries = 0; tries < 3; tries++) {
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
      char *path FREE = formatted("%s/%s", directory, files[i]);
      if (path != NULL) unlink(path);
    }
    if (rmdir(directory) == 0 || errno == ENOENT) return;
  }
}

void record_each(const char *root, void (*each)(const char *id, void *owner), void *owner) {
  DIR *directory = opendir(root);
  if (directory == NULL) return;
  for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] != '.') each(entry->d_name, owner);
  closedir(directory);
}

struct search {
  const char *root, *sandbox, *but;
  bool found;
};

static void look(const char *id, void *owner) {
  struct search *search = owner;
  struct record record;
  if (search->but != NULL && strcmp(id, search->but) == 0) return;
  if (strcmp(id, search->sandbox) == 0 || !record_read(search->root, id, &record)) return;
  if (strcmp(record.sandbox, search->sandbox) == 0) search->found = true;
}

bool record_shared(const char *root, const char *sandbox, const char *but) {
  struct search search = {root, sandbox, but, false};
  record_each(root, look, &search);
  return search.found;
}

int record_lock(const char *root, const char *sandbox) {
  char *directory FREE = formatted("%s/%s", root, sandbox);
  int fd = directory == NULL ? -1 : open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (fd >= 0 && flock(fd, LOCK_EX) != 0 && errno == EINTR) continue;
  return fd;
}
