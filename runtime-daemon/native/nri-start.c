/* jcri-nri-start: starts an NRI plugin the way NRI wants it, connected to the daemon by descriptor 3.
 * Java can hand a child nothing but its first three descriptors.
 *
 *   jcri-nri-start SOCKET PROGRAM
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/descriptor.h"
#include "common/report.h"

enum { PLUGIN_FD = 3 };

const struct speaker SPEAKER = {
    .name = "jcri-nri-start",
    .prefix = "jcri-nri-start: ",
    .fd = STDERR_FILENO,
    .status = 1,
};

int main(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  descriptors_hold_stdio();
  if (argc != 3 || strlen(argv[1]) >= sizeof address.sun_path)
    die_with(2, "usage", 0, "jcri-nri-start SOCKET PROGRAM");
  memcpy(address.sun_path, argv[1], strlen(argv[1]) + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
    die("connect", errno, "cannot connect to %s", argv[1]);
  if (fd != PLUGIN_FD) {
    if (dup2(fd, PLUGIN_FD) < 0) die("connect", errno, "cannot move descriptor %d", fd);
    close(fd);
  }
  execv(argv[2], argv + 2);
  die("exec", errno, "cannot run %s", argv[2]);
}
