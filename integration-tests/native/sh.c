/*
 * /bin/sh of the test images: busybox's shell, but a single plain command is looked up on PATH and
 * executed. Debian's busybox has every applet built into its shell and would run `ls` even where
 * /bin/ls is masked, which is what a test of masked paths looks at. Everything else goes to
 * busybox.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_WORDS = 32 };

static const char PLAIN[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,- ";

/* Commands that only a shell itself can run, or that it answers on its own. */
static const char *const BUILTINS[] = {
    ".",      ":",    "alias",  "bg",     "break", "cd",   "command", "continue", "eval",
    "exec",   "exit", "export", "fg",     "hash",  "jobs", "local",   "read",     "readonly",
    "return", "set",  "shift",  "source", "times", "trap", "type",    "ulimit",   "umask",
    "unset",  "wait", "if",     "while",  "until", "for",  "case",    "function"};

static int is_builtin(const char *word) {
  for (size_t i = 0; i < sizeof BUILTINS / sizeof BUILTINS[0]; i++)
    if (strcmp(word, BUILTINS[i]) == 0) return 1;
  return 0;
}

/* Splits a plain command in place; 0 when it needs a shell. */
static int split(char *command, char **words) {
  int count = 0;

  if (strspn(command, PLAIN) != strlen(command)) return 0;
  for (char *word = strtok(command, " "); word; word = strtok(NULL, " ")) {
    if (count == MAX_WORDS) return 0;
    words[count++] = word;
  }
  words[count] = NULL;
  return count > 0 && !is_builtin(words[0]);
}

int main(int argc, char **argv) {
  char *words[MAX_WORDS + 1];

  if (argc == 3 && strcmp(argv[1], "-c") == 0) {
    char *command = strdup(argv[2]);

    if (command && split(command, words)) {
      int missing;

      execvp(words[0], words);
      missing = errno == ENOENT || errno == ENOTDIR;
      fprintf(stderr, "%s: %s: %s\n", argv[0], words[0], missing ? "not found" : strerror(errno));
      free(command);
      return missing ? 127 : 126;
    }
    free(command);
  }
  execv("/bin/busybox", argv);
  perror("/bin/busybox");
  return 127;
}
