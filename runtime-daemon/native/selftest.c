// The program in the selftest's image: a web server of one page, with no library, no file and no
// configuration. `selftest PORT` answers every request with the page and prints a line a request;
// `selftest say TEXT` is for an exec.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char reply[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 22\r\n"
    "Connection: close\r\n"
    "\r\n"
    "hello from a jcri pod\n";

static void on_term(int signal) {
  (void)signal;
  _exit(0);
}

static void serve(int client) {
  char request[1024];
  ssize_t n = read(client, request, sizeof request - 1);
  if (n > 0) {
    request[n] = '\0';
    request[strcspn(request, "\r\n")] = '\0';
    printf("request: %s\n", request);
    if (write(client, reply, sizeof reply - 1) < 0) perror("write");
  }
  close(client);
}

int main(int argc, char **argv) {
  // a container's first process gets no signal that it has no handler for
  signal(SIGTERM, on_term);
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc == 3 && strcmp(argv[1], "say") == 0) {
    printf("%s\n", argv[2]);
    return 0;
  }
  char *end = NULL;
  long port = argc == 2 ? strtol(argv[1], &end, 10) : 0;
  if (port < 1 || port > 65535 || *end != '\0') {
    fprintf(stderr, "usage: selftest PORT | say TEXT\n");
    return 2;
  }
  int server = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int off = 0;
  int on = 1;
  struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)port)};
  if (server < 0 || setsockopt(server, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) ||
      setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
      bind(server, (struct sockaddr *)&any, sizeof any) || listen(server, 16)) {
    perror("selftest");
    return 1;
  }
  printf("listening on port %ld\n", port);
  for (;;) {
    int client = accept(server, NULL, NULL);
    if (client >= 0) serve(client);
  }
}
