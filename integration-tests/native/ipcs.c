/*
 * Lists the System V shared memory segments of its IPC namespace, as `ipcs -m` does: Debian's
 * static busybox has no such applet. A first argument other than -m is a file to read instead of
 * /proc/sysvipc/shm.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  const char *path = "/proc/sysvipc/shm";
  char line[512];
  FILE *in;

  if (argc > 1 && strcmp(argv[1], "-m") != 0) path = argv[1];
  in = fopen(path, "re");
  if (!in) {
    perror(path);
    return 1;
  }
  printf("------ Shared Memory Segments --------\n%-10s %-10s %-10s %-10s %-10s\n", "key", "shmid",
         "owner", "perms", "bytes");
  while (fgets(line, sizeof line, in)) {
    int key, id;
    unsigned perms, uid;
    unsigned long long bytes;

    if (sscanf(line, "%d %d %o %llu %*u %*u %*u %u", &key, &id, &perms, &bytes, &uid) != 5)
      continue; /* the head */
    printf("0x%08x %-10d %-10u %-10o %-10llu\n", (unsigned)key, id, uid, perms & 0777u, bytes);
  }
  fclose(in);
  return 0;
}
