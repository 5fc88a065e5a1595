/* The CRI log file. Writing to it never fails for the container: what cannot be written is counted
 * and told by a line `[jcri: N bytes dropped]` as soon as there is room again. */
#ifndef JCRI_LOG_FILE_H
#define JCRI_LOG_FILE_H

#include "util.h"

struct log_file {
  const char *path;      /* NULL: no log is kept */
  const char *directory; /* below which no link is followed; NULL: the file's own */
  int fd;
  int64_t limit;   /* bytes of one file, 0 for none: above it the file begins anew */
  int64_t size;    /* as far as we know it; checked with the file now and then */
  int64_t checked; /* the size at which it was last checked */
  int64_t dropped; /* bytes of the container's output that no line tells of yet */
  int64_t dropped_ever;
};

/* Opens the file to append, after making the folders between it and the directory; false leaves
 * errno. The directory may be reached through links, which are the node's; what is below it is no
 * more to be trusted than the pod, which may have mounted it. */
bool log_file_open(struct log_file *log, const char *directory, const char *path, int64_t limit);

/* Opens the path anew, as after a rotation. On failure the old file stays in use. */
bool log_file_reopen(struct log_file *log);

/* A shim before this one has died: cuts off the line that it was writing, and says in one of ours
 * that some may be missing. */
void log_file_tell_break(struct log_file *log);

/* Takes formatted lines: writes them whole or counts them as dropped. */
void log_file_write(struct log_file *log, const char *lines, size_t length);

/* Tells of dropped bytes when there are any; true once none are left to tell of. */
bool log_file_tell_dropped(struct log_file *log);

/* Returns the bytes of which that has not told yet, for the caller to tell of. */
int64_t log_file_take_untold(struct log_file *log);

#endif
