/*
 * Says who it runs as. Installed set-user-ID root, it shows whether a container may gain
 * privileges: started by uid 1000 it says 0, and under no_new_privs it says 1000.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <unistd.h>

int main(void) {
  printf("Effective uid: %u\n", (unsigned)geteuid());
  return 0;
}
