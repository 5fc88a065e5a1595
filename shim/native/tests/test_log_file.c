#include <errno.h>
#include <signal.h>
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
  CHECK(log_file_open(&log, path, 0));
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
  CHECK(log_file_open(&log, path, 0));
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
  CHECK(!log_file_open(&log, path, 0) && errno == ELOOP);
  unlink(path);
  CHECK(mkfifo(path, 0600) == 0);
  CHECK(!log_file_open(&log, path, 0));
  unlink(path);
}

static void the_limit_drops_until_a_reopen(void) {
  struct log_file log;
  CHECK(log_file_open(&log, path, 3 * (LOG_PREFIX + 11)));
  put_lines(&log, 5);
  CHECK(lines_in(path) == 3 && log.dropped == 22);
  CHECK(truncate(path, 0) == 0);
  put_lines(&log, 1);
  CHECK(lines_in(path) == 2 && strstr(text, "stderr F [jcri: 22 bytes dropped]\n") != NULL);
  CHECK(log.dropped == 0 && log.dropped_ever == 22);
  close(log.fd);
  unlink(path);
}

/* A file size limit of the process stands in for a full disk: writes come out short, then fail. */
static void a_full_disk_leaves_no_half_line(void) {
  struct rlimit unlimited, limited;
  CHECK(getrlimit(RLIMIT_FSIZE, &unlimited) == 0);
  signal(SIGXFSZ, SIG_IGN);
  for (rlim_t room = 0; room < 3 * (LOG_PREFIX + 11); room++) {
    struct log_file log;
    CHECK(log_file_open(&log, path, 0));
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
  the_limit_drops_until_a_reopen();
  a_full_disk_leaves_no_half_line();
  CHECK(rmdir(directory) == 0);
  return 0;
}
