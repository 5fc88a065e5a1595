// Starts an NRI plugin the way NRI wants it: connected to the daemon by descriptor 3. Java can hand
// a child nothing but its first three descriptors.
//   jcri-nri-start SOCKET PROGRAM
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PLUGIN_FD = 3 };

int main(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (argc != 3 || strlen(argv[1]) >= sizeof address.sun_path) {
    fprintf(stderr, "usage: jcri-nri-start SOCKET PROGRAM\n");
    return 2;
  }
  memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    perror(argv[1]);
    return 1;
  }
  if (fd != PLUGIN_FD) {
    if (dup2(fd, PLUGIN_FD) < 0) {
      perror("dup2");
      return 1;
    }
    close(fd);
  }
  execv(argv[2], argv + 2);
  perror(argv[2]);
  return 1;
}
