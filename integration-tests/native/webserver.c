/*
 * webserver [-p PORT] [-P PIDFILE] [-t TITLE]
 *
 * Answers every HTTP request with one small page, on IPv6 and IPv4. Stands in for nginx and httpd:
 * with -t it takes the title that ps shows, since tests look for "nginx: master process", and with
 * -P it writes its pid where nginx does. Says its name once it listens. Ends on SIGTERM, SIGINT and
 * SIGQUIT, also as process 1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const char PAGE[] =
    "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>It "
    "works!</h1></body></html>\n";

static void die(const char *what) {
  fprintf(stderr, "webserver: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void ended(int signal_number) {
  (void)signal_number;
  _exit(0);
}

/* A socket on every address of both families, or of IPv4 alone where there is no IPv6. */
static int listener(unsigned short port) {
  struct sockaddr_in6 six = {
      .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_ANY_INIT};
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
  int on = 1, off = 0;
  int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd >= 0) {
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, (struct sockaddr *)&six, sizeof six) == 0 && listen(fd, 64) == 0) return fd;
    close(fd);
  }
  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&four, sizeof four) != 0) die("bind");
  if (listen(fd, 64) != 0) die("listen");
  return fd;
}

/* Reads up to the blank line that ends a request's head; 0 when the client gave up or sends too
 * much. */
static int read_head(int fd) {
  char head[8192];
  size_t have = 0;

  while (have < sizeof head - 1) {
    ssize_t got = read(fd, head + have, sizeof head - 1 - have);
    if (got <= 0) return 0;
    have += (size_t)got;
    head[have] = '\0';
    if (strstr(head, "\r\n\r\n") || strstr(head, "\n\n")) return 1;
  }
  return 0;
}

static void answer(int fd) {
  struct timeval patience = {.tv_sec = 10};
  char head[256];
  int length;

  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (!read_head(fd)) return;
  length = snprintf(head, sizeof head,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: "
                    "%zu\r\nConnection: close\r\n\r\n",
                    sizeof PAGE - 1);
  if (write(fd, head, (size_t)length) != length) return;
  if (write(fd, PAGE, sizeof PAGE - 1) != (ssize_t)(sizeof PAGE - 1)) return;
  shutdown(fd, SHUT_WR);
}

static void write_pid(const char *path) {
  FILE *out = fopen(path, "we");

  if (!out) die(path);
  fprintf(out, "%ld\n", (long)getpid());
  if (fclose(out) != 0) die(path);
}

/*
 * Starts anew under the title, since a longer argv[0] cannot be written in place; by its true path,
 * since the kernel would call it "exe" after the link.
 */
static void take_title(const char *title, char **argv) {
  char path[4096];
  ssize_t length;

  if (strcmp(argv[0], title) == 0) return;
  length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0) die("/proc/self/exe");
  path[length] = '\0';
  argv[0] = (char *)(size_t)title;
  execv(path, argv);
  die("exec");
}

int main(int argc, char **argv) {
  struct sigaction action = {.sa_handler = ended};
  const char *pid_file = NULL, *title = NULL;
  long port = 80;
  int option, fd;

  while ((option = getopt(argc, argv, "p:P:t:")) != -1) {
    switch (option) {
      case 'p':
        port = strtol(optarg, NULL, 10);
        break;
      case 'P':
        pid_file = optarg;
        break;
      case 't':
        title = optarg;
        break;
      default:
        return 2;
    }
  }
  if (port < 1 || port > 65535) {
    fprintf(stderr, "webserver: no such port\n");
    return 2;
  }
  if (title) take_title(title, argv);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGQUIT, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  fd = listener((unsigned short)port);
  if (pid_file) write_pid(pid_file);
  fprintf(stderr, "%s: listening on port %ld\n", argv[0], port);
  for (;;) {
    int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

    if (client < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      die("accept");
    }
    answer(client);
    close(client);
  }
}
