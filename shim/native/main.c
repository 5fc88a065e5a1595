/* jcri-shim: one small process per container. It outlives the daemon. */
#include <stdio.h>
#include <string.h>

#include "util.h"

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    printf("jcri-shim protocol %d\n", SHIM_PROTOCOL);
    return 0;
  }
  die("usage: jcri-shim --version");
}
