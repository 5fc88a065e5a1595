/*
 * Prints the pids of the processes whose name holds the given text, as `pgrep` does: Debian's
 * static busybox has no such applet. Ends with 1 when there is none, and never finds itself.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int named(const char *pid, const char *text) {
  char path[64], comm[64] = "";
  FILE *in;

  if (snprintf(path, sizeof path, "/proc/%.20s/comm", pid) >= (int)sizeof path) return 0;
  in = fopen(path, "re");
  if (!in) return 0; /* it has ended meanwhile */
  if (!fgets(comm, sizeof comm, in)) comm[0] = '\0';
  fclose(in);
  return strstr(comm, text) != NULL;
}

int main(int argc, char **argv) {
  struct dirent *entry;
  int found = 0;
  DIR *proc;

  if (argc != 2) {
    fprintf(stderr, "usage: pgrep TEXT\n");
    return 2;
  }
  proc = opendir("/proc");
  if (!proc) {
    perror("/proc");
    return 3;
  }
  while ((entry = readdir(proc)) != NULL) {
    if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name)) continue;
    if (strtol(entry->d_name, NULL, 10) == (long)getpid()) continue;
    if (!named(entry->d_name, argv[1])) continue;
    puts(entry->d_name);
    found = 1;
  }
  closedir(proc);
  return found ? 0 : 1;
}
