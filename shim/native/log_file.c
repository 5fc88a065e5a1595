#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log_format.h"

enum {
  CHECK_EVERY = 1 << 20,
  OWN_TEXT = 64,
  OWN_LINE = LOG_PREFIX + OWN_TEXT + 1,
  TAIL = 2 * (LOG_PIECE + LOG_PREFIX)
};

/* One step down, never through a link. A folder that is missing is made, for everybody to pass. */
static int enter(int directory, const char *name) {
  int fd = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) {
    mode_t mask = umask(022);
    int made = mkdirat(directory, name, 0755);
    umask(mask);
    if (made != 0 && errno != EEXIST) return -1;
    fd = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  }
  struct stat status;
  if (fd < 0 && errno == ENOTDIR) {
    bool link =
        fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
    errno = link ? ELOOP : ENOTDIR;
  }
  return fd;
}

/* The directory of the log's file; *name becomes the file's. */
static int open_parent(const struct log_file *log, char **name) {
  *name = NULL;
  char *path = formatted("%s", log->path);
  if (path == NULL) return -1;
  size_t length =
      log->directory == NULL ? (size_t)(strrchr(path, '/') - path) : strlen(log->directory);
  while (log->directory != NULL && length > 0 && log->directory[length - 1] == '/') length--;
  bool below =
      (log->directory == NULL || strncmp(path, log->directory, length) == 0) && path[length] == '/';
  if (below) path[length] = '\0';
  int fd = below ? open(length == 0 ? "/" : path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
  if (!below) errno = EINVAL;
  char *step = below ? path + length + 1 : path;
  for (char *slash; fd >= 0 && (slash = strchr(step, '/')) != NULL; step = slash + 1) {
    *slash = '\0';
    if (slash == step || strcmp(step, ".") == 0) continue;
    int next = -1;
    if (strcmp(step, "..") == 0)
      errno = EINVAL;
    else
      next = enter(fd, step);
    close_owned(&fd);
    fd = next;
  }
  if (fd >= 0) *name = formatted("%s", step);
  if (*name == NULL) close_owned(&fd);
  free_owned(&path);
  return fd;
}

/* O_NOFOLLOW and the check for a plain file: the directory is the kubelet's, yet pods mount it. */
static int open_plain(const struct log_file *log, int64_t *size) {
  char *name FREE = NULL;
  int parent CLOSE = open_parent(log, &name);
  if (parent < 0) return -1;
  int fd =
      openat(parent, name,
             O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
  if (fd < 0) return -1;
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(fd);
    errno = EINVAL;
    return -1;
  }
  *size = status.st_size;
  return fd;
}

bool log_file_open(struct log_file *log, const char *directory, const char *path, int64_t limit) {
  *log = (struct log_file){.path = path, .directory = directory, .fd = -1, .limit = limit};
  return path == NULL || log_file_reopen(log);
}

bool log_file_reopen(struct log_file *log) {
  if (log->path == NULL) return true;
  int64_t size = 0;
  int fd = open_plain(log, &size);
  if (fd < 0) return false;
  if (log->fd >= 0) close(log->fd);
  log->fd = fd;
  log->size = log->checked = size;
  log_file_tell_dropped(log);
  return true;
}

/* Someone may have truncated the file, so the size is asked for again from time to time. */
static bool over_limit(struct log_file *log, size_t more) {
  if (log->limit <= 0) return false;
  if (log->size - log->checked >= CHECK_EVERY || log->size + (int64_t)more > log->limit) {
    struct stat status;
    if (fstat(log->fd, &status) == 0) log->size = status.st_size;
    log->checked = log->size;
  }
  return log->size + (int64_t)more > log->limit;
}

/* Writes whole lines; returns how many bytes of whole lines are in the file. A line that was cut
 * by a full disk is taken back, so that no reader meets half a line followed by another. */
static size_t write_lines(struct log_file *log, const char *lines, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t written = write(log->fd, lines + done, length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += (size_t)written;
  }
  log->size += (int64_t)done;
  if (done == length || done == 0) return done;
  const char *last = memrchr(lines, '\n', done);
  size_t whole = last == NULL ? 0 : (size_t)(last - lines) + 1;
  struct stat status;
  if (whole < done && fstat(log->fd, &status) == 0 &&
      ftruncate(log->fd, status.st_size - (off_t)(done - whole)) == 0) {
    log->size = status.st_size - (off_t)(done - whole);
    return whole;
  }
  return done;
}

static void drop(struct log_file *log, const char *lines, size_t length) {
  int64_t payload = (int64_t)log_format_payload(lines, length);
  log->dropped += payload;
  log->dropped_ever += payload;
}

/* A line of ours; returns its length. */
static size_t own_line(char line[OWN_LINE], const char *words) {
  struct log_format format;
  log_format_init(&format, "stderr", false);
  log_format_stamp(&format, now_wall_nanos());
  char text[OWN_TEXT];
  int length = snprintf(text, sizeof text, "[jcri: %s]\n", words);
  size_t produced = 0;
  /* The buffer holds this one line; the formatter asks for no more than it needs. */
  log_format_text(&format, text, (size_t)length, false, line, OWN_LINE, &produced);
  return produced;
}

static size_t own_count(char line[OWN_LINE], int64_t bytes, const char *fate) {
  char words[OWN_TEXT];
  snprintf(words, sizeof words, "%lld bytes %s", (long long)bytes, fate);
  return own_line(line, words);
}

/* Another file in the place of the one that has become too large, which is lost but for a line that
 * tells of it. Readers meet a new file, as after a rotation, and none that shrinks below them. */
static bool begin_anew(struct log_file *log) {
  char *name FREE = NULL;
  char *fresh FREE = NULL;
  int parent CLOSE = open_parent(log, &name);
  if (parent < 0 || (fresh = formatted("%s.tmp", name)) == NULL) return false;
  (void)unlinkat(parent, fresh, 0); /* of a shim that died here */
  int fd =
      openat(parent, fresh, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
  if (fd < 0) return false;
  if (renameat(parent, fresh, parent, name) != 0) {
    (void)unlinkat(parent, fresh, 0);
    close(fd);
    return false;
  }
  close(log->fd);
  log->fd = fd;
  char line[OWN_LINE];
  size_t length = own_count(line, log->size, "of the log removed");
  log->size = log->checked = 0;
  (void)write_lines(log, line, length);
  return true;
}

/* No line of ours is longer than what is looked at here. */
static void cut_half_line(const struct log_file *log) {
  char *name FREE = NULL;
  char *tail FREE = new_zeroed(TAIL);
  int parent CLOSE = open_parent(log, &name);
  int fd CLOSE =
      parent < 0 ? -1 : openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  off_t from = log->size > TAIL ? (off_t)log->size - TAIL : 0;
  ssize_t length = fd < 0 || tail == NULL ? -1 : pread(fd, tail, TAIL, from);
  if (length <= 0 || from + length != log->size) return;
  const char *last = memrchr(tail, '\n', (size_t)length);
  off_t whole = last == NULL ? from : from + (last - tail) + 1;
  if (whole < log->size && (last != NULL || from == 0)) (void)!ftruncate(log->fd, whole);
}

static bool make_room(struct log_file *log, size_t more) {
  return !over_limit(log, more) || begin_anew(log);
}

bool log_file_tell_dropped(struct log_file *log) {
  if (log->dropped == 0) return true;
  char line[OWN_LINE];
  size_t length = own_count(line, log->dropped, "dropped");
  if (!make_room(log, length) || write_lines(log, line, length) != length) return false;
  log->dropped = 0;
  return true;
}

int64_t log_file_take_untold(struct log_file *log) {
  int64_t untold = log->dropped;
  log->dropped = 0;
  return untold;
}

void log_file_write(struct log_file *log, const char *lines, size_t length) {
  if (log->fd < 0 || length == 0) return;
  if (!log_file_tell_dropped(log) || !make_room(log, length)) {
    drop(log, lines, length);
    return;
  }
  size_t done = write_lines(log, lines, length);
  if (done < length) drop(log, lines + done, length - done);
}

void log_file_tell_break(struct log_file *log) {
  if (log->fd < 0) return;
  cut_half_line(log);
  char line[OWN_LINE];
  log_file_write(log, line, own_line(line, "its shim died here; output may be missing"));
}
