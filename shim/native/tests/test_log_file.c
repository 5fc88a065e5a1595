#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "log_file.h"
#include "log_format.h"

static char directory[] = "/tmp/jcri-shim-log-XXXXXX";
static char path[64], text[8192];

static void put_lines(struct log_file *log, int count) {
  struct log_format format;
  char lines[4096];
  size_t produced;
  log_format_init(&format, "stdout", false);
  for (int i = 0; i < count; i++) {
    log_format_text(&format, "0123456789\n", 11, false, lines, sizeof lines, &produced);
    log_file_write(log, lines, produced);
  }
}

static int lines_in(const char *file) {
  int lines = 0;
  CHECK(read_text(file, text, sizeof text) >= 0);
  for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++) lines++;
  return lines;
}

static void reopening_goes_on_in_the_new_file(void) {
  struct log_file log;
  char old[80];
  CHECK(log_file_open(&log, NULL, path, 0));
  put_lines(&log, 2);
  snprintf(old, sizeof old, "%s.1", path);
  CHECK(rename(path, old) == 0);
  put_lines(&log, 1);
  CHECK(log_file_reopen(&log));
  put_lines(&log, 4);
  CHECK(lines_in(old) == 3 && lines_in(path) == 4);
  unlink(old);
  close(log.fd);
  unlink(path);
}

static void a_failed_reopen_keeps_the_old_file(void) {
  struct log_file log;
  CHECK(log_file_open(&log, NULL, path, 0));
  log.path = "/nowhere/at/all";
  CHECK(!log_file_reopen(&log));
  put_lines(&log, 1);
  CHECK(lines_in(path) == 1);
  close(log.fd);
  unlink(path);
}

static void links_and_pipes_are_no_logs(void) {
  struct log_file log;
  CHECK(symlink("/tmp", path) == 0);
  CHECK(!log_file_open(&log, NULL, path, 0) && errno == ELOOP);
  unlink(path);
  CHECK(mkfifo(path, 0600) == 0);
  CHECK(!log_file_open(&log, NULL, path, 0));
  unlink(path);
}

static char outside[96], linked[96], below[160];

/* What a pod that has mounted its log directory may put there. */
static void no_link_below_the_directory_is_followed(void) {
  struct log_file log;
  struct stat status;
  snprintf(outside, sizeof outside, "%s/outside", directory);
  snprintf(linked, sizeof linked, "%s/pod/c", directory);
  snprintf(below, sizeof below, "%s/pod", directory);
  CHECK(mkdir(outside, 0700) == 0 && mkdir(below, 0700) == 0 && symlink(outside, linked) == 0);
  char *pod = strdup(below);
  snprintf(below, sizeof below, "%s/0.log", linked);
  CHECK(!log_file_open(&log, pod, below, 0) && errno == ELOOP);
  snprintf(below, sizeof below, "%s/made/0.log", linked);
  CHECK(!log_file_open(&log, pod, below, 0) && errno == ELOOP);
  CHECK(rmdir(outside) == 0 && mkdir(outside, 0700) == 0);
  unlink(linked);

  /* Folders that are missing are made; a swap before a reopen leaves the old file in use. */
  umask(077);
  CHECK(log_file_open(&log, pod, below, 0));
  CHECK(stat(linked, &status) == 0 && (status.st_mode & 07777) == 0755);
  char moved[96];
  snprintf(moved, sizeof moved, "%s/pod/old", directory);
  CHECK(rename(linked, moved) == 0 && symlink(outside, linked) == 0);
  CHECK(!log_file_reopen(&log) && errno == ELOOP);
  put_lines(&log, 1);
  unlink(linked);
  CHECK(rmdir(outside) == 0 && rename(moved, linked) == 0 && lines_in(below) == 1);
  close(log.fd);

  /* The way to the directory is the node's own affair. */
  char away[96], through[160];
  snprintf(away, sizeof away, "%s/away", directory);
  CHECK(symlink(pod, away) == 0);
  snprintf(through, sizeof through, "%s/c/made/0.log", away);
  CHECK(log_file_open(&log, away, through, 0));
  close(log.fd);
  snprintf(through, sizeof through, "%s/../x/0.log", pod);
  CHECK(!log_file_open(&log, pod, through, 0) && errno == EINVAL);
  CHECK(!log_file_open(&log, pod, "/elsewhere/0.log", 0) && errno == EINVAL);
  unlink(away);
  unlink(below);
  snprintf(below, sizeof below, "%s/made", linked);
  CHECK(rmdir(below) == 0 && rmdir(linked) == 0 && rmdir(pod) == 0);
  free(pod);
}

static void above_the_limit_the_file_begins_anew(void) {
  struct log_file log;
  enum { LINE = LOG_PREFIX + 11 };
  CHECK(log_file_open(&log, NULL, path, 5 * LINE));
  put_lines(&log, 5);
  int reader = open(path, O_RDONLY | O_CLOEXEC);
  CHECK(lines_in(path) == 5);
  put_lines(&log, 1);
  CHECK(lines_in(path) == 2 && log.dropped_ever == 0);
  char told[80];
  snprintf(told, sizeof told, "stderr F [jcri: %d bytes of the log removed]\n", 5 * LINE);
  CHECK(strstr(text, told) != NULL, "%s", text);
  struct stat before, now;
  CHECK(fstat(reader, &before) == 0 && stat(path, &now) == 0);
  CHECK(before.st_size == 5 * LINE && before.st_nlink == 0 && before.st_ino != now.st_ino);
  CHECK(now.st_size == log.size);
  close(reader);

  /* Somebody may have truncated it. */
  CHECK(truncate(path, 0) == 0);
  put_lines(&log, 5);
  CHECK(lines_in(path) == 5);

  /* Where there can't be another file, what comes is dropped until there is room. */
  char kept[96], obstacle[112];
  snprintf(kept, sizeof kept, "%s.kept", path);
  snprintf(obstacle, sizeof obstacle, "%s.tmp", path);
  CHECK(mkdir(obstacle, 0700) == 0);
  put_lines(&log, 2);
  CHECK(lines_in(path) == 5 && log.dropped == 22);
  CHECK(rmdir(obstacle) == 0);
  CHECK(rename(path, kept) == 0 && log_file_reopen(&log));
  CHECK(lines_in(path) == 1 && strstr(text, "stderr F [jcri: 22 bytes dropped]\n") != NULL);
  CHECK(log.dropped == 0 && log.dropped_ever == 22);
  close(log.fd);
  unlink(path);
  unlink(kept);
}

/* A file size limit of the process stands in for a full disk: writes come out short, then fail. */
static void a_full_disk_leaves_no_half_line(void) {
  struct rlimit unlimited, limited;
  CHECK(getrlimit(RLIMIT_FSIZE, &unlimited) == 0);
  signal(SIGXFSZ, SIG_IGN);
  for (rlim_t room = 0; room < 3 * (LOG_PREFIX + 11); room++) {
    struct log_file log;
    CHECK(log_file_open(&log, NULL, path, 0));
    limited = (struct rlimit){.rlim_cur = room, .rlim_max = unlimited.rlim_max};
    CHECK(setrlimit(RLIMIT_FSIZE, &limited) == 0);
    put_lines(&log, 4);
    CHECK(setrlimit(RLIMIT_FSIZE, &unlimited) == 0);
    int whole = (int)(room / (LOG_PREFIX + 11));
    CHECK(lines_in(path) == whole && (text[0] == '\0' || text[strlen(text) - 1] == '\n'));
    CHECK(log.dropped == 11 * (4 - whole));
    put_lines(&log, 1);
    CHECK(lines_in(path) == whole + 2 && strstr(text, " bytes dropped]\n") != NULL);
    close(log.fd);
    unlink(path);
  }
}

int main(void) {
  CHECK(mkdtemp(directory) != NULL);
  snprintf(path, sizeof path, "%s/log", directory);
  reopening_goes_on_in_the_new_file();
  a_failed_reopen_keeps_the_old_file();
  links_and_pipes_are_no_logs();
  no_link_below_the_directory_is_followed();
  above_the_limit_the_file_begins_anew();
  a_full_disk_leaves_no_half_line();
  CHECK(rmdir(directory) == 0);
  return 0;
}
