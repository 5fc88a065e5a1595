#include "check.h"
#include "options.h"

static struct options options;

static const char *refused(int count, char **words) {
  static struct refusal refusal;
  return options_parse(&options, count, words, &refusal) ? "(taken)" : refusal.text;
}

#define REFUSED(...) \
  refused((int)(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)), (char *[]){__VA_ARGS__, NULL})

#define USUAL                                                                                   \
  "shim", "--id", "c1", "--bundle", "/b", "--state", "/s", "--runtime", "/r", "--runtime-root", \
      "/rr", "--exit-record", "/e"

int main(void) {
  CHECK_TEXT(REFUSED(USUAL), "(taken)");
  CHECK(options.restore == NULL);
  CHECK_TEXT(REFUSED(USUAL, "--restore", "/c"), "(taken)");
  CHECK_TEXT(options.restore, "/c");
  CHECK_TEXT(REFUSED(USUAL, "--restore", "c"), "bad value of option --restore: c");
  CHECK_TEXT(REFUSED(USUAL), "(taken)");
  CHECK(options.log == NULL && options.io_uid == -1 && !options.terminal && !options.guest);
  CHECK_TEXT(
      REFUSED(USUAL, "--log", "/l/x", "--log-directory", "/l", "--log-limit", "5", "--terminal",
              "--stdin", "--stdin-once", "--io-uid", "4294967295", "--io-gid", "0",
              "--systemd-cgroup", "--exec-cgroup", "--guest", "--runtime-argument", "--debug"),
      "(taken)");
  CHECK_TEXT(options.log_directory, "/l");
  CHECK(options.log_limit == 5 && options.terminal && options.stdin_open && options.stdin_once);
  CHECK(options.io_uid == 4294967295 && options.io_gid == 0 && options.systemd_cgroup &&
        options.guest);
  CHECK(options.runtime_argument_count == 1);
  CHECK_TEXT(options.runtime_arguments[0], "--debug");
  CHECK_TEXT(REFUSED("shim", "--id", "c1"), "missing option --bundle");
  CHECK_TEXT(REFUSED(USUAL, "--log"), "option --log needs a value");
  CHECK_TEXT(REFUSED(USUAL, "--log", "relative"), "bad value of option --log: relative");
  CHECK_TEXT(REFUSED(USUAL, "--log-limit", "x"), "bad value of option --log-limit: x");
  CHECK_TEXT(REFUSED(USUAL, "--what"), "unknown option --what");
  CHECK_TEXT(REFUSED(USUAL, "--id", "../x"), "bad container id ../x");
  CHECK_TEXT(REFUSED(USUAL, "--id", "a\"b"), "bad container id a\"b");
  return 0;
}
