/*
 * datagrams PORT
 *
 * Sends every UDP datagram back to where it came from. Ends on SIGTERM, also as process 1.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) {
  fprintf(stderr, "datagrams: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void ended(int signal_number) {
  (void)signal_number;
  _exit(0);
}

int main(int argc, char **argv) {
  struct sigaction action = {.sa_handler = ended};
  struct sockaddr_in here = {.sin_family = AF_INET}, there;
  long port = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  char datagram[2048];

  if (port < 1 || port > 65535) {
    fprintf(stderr, "datagrams: no such port\n");
    return 2;
  }
  if (fd < 0) die("socket");
  sigaction(SIGTERM, &action, NULL);
  here.sin_port = htons((unsigned short)port);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) != 0) die("bind");
  fprintf(stderr, "datagrams: listening on port %ld\n", port);
  for (;;) {
    socklen_t length = sizeof there;
    ssize_t size = recvfrom(fd, datagram, sizeof datagram, 0, (struct sockaddr *)&there, &length);

    if (size < 0 && errno != EINTR) die("recvfrom");
    if (size >= 0 && sendto(fd, datagram, (size_t)size, 0, (struct sockaddr *)&there, length) < 0)
      fprintf(stderr, "datagrams: sendto: %s\n", strerror(errno));
  }
}
