#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "console.h"
#include "socket_name.h"

static char directory[] = "/tmp/jcri-shim-socket-XXXXXX";
static char deep[256];

static char *below(int length, const char *name) {
  return formatted("%s/%.*s/%s", directory, length, deep, name);
}

/* Whoever is told of the name, as the OCI runtime is, can connect to it. */
static void a_terminal_is_handed_over(int length) {
  struct console console;
  CHECK(console_open(&console, below(length, "console.sock")));
  CHECK((console.directory < 0) == (strlen(console.path) <= 107));
  struct stat status;
  CHECK(stat(console.path, &status) == 0 && S_ISSOCK(status.st_mode));
  int client = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(connect(client, (struct sockaddr *)&console.address, sizeof console.address) == 0);
  char *path = strdup(console.path);
  close(client);
  console_close(&console);
  CHECK(stat(path, &status) != 0);
  free(path);
}

int main(void) {
  CHECK(mkdtemp(directory) != NULL);
  memset(deep, 'd', sizeof deep - 1);
  for (int length = 50; length < 250; length += 25) {
    char *folder = below(length, "");
    CHECK(mkdir(folder, 0700) == 0);
    a_terminal_is_handed_over(length);
    CHECK(rmdir(folder) == 0);
    free(folder);
  }
  struct sockaddr_un address;
  int fd;
  char *missing = below(200, "s");
  CHECK(!socket_name(&address, missing, &fd) && fd == -1);
  free(missing);
  CHECK(rmdir(directory) == 0);
  return 0;
}
