/*
 * grpc-health PORT
 *
 * Says "serving" to whoever asks a gRPC health service, by answering every call on every connection
 * with the same three frames of HTTP/2: what a kubelet's probe of that kind needs, and no more. One
 * connection at a time. Ends on SIGTERM and SIGINT, also as process 1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { DATA = 0, HEADERS = 1, SETTINGS = 4, PING = 6 };
enum { ACK = 1, END_STREAM = 1, END_HEADERS = 4 };

/* RFC 7541: ":status: 200" of the static table, then content-type by its name's number there. */
static const char HEAD[] =
    "\x88\x0f\x10\x10"
    "application/grpc";
/* A message of two bytes: field 1, the status, is 1, SERVING. */
static const char MESSAGE[] = {0, 0, 0, 0, 2, 8, 1};
static const char TRAILER[] =
    "\x00\x0b"
    "grpc-status"
    "\x01"
    "0";

static void die(const char *what) {
  fprintf(stderr, "grpc-health: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void ended(int signal_number) {
  (void)signal_number;
  _exit(0);
}

static int read_all(int fd, void *into, size_t length) {
  char *at = into;
  while (length > 0) {
    ssize_t got = read(fd, at, length);
    if (got <= 0) return 0;
    at += got;
    length -= (size_t)got;
  }
  return 1;
}

static int send_frame(int fd, int type, int flags, uint32_t stream, const char *payload,
                      size_t length) {
  unsigned char frame[64] = {0, 0, (unsigned char)length, (unsigned char)type,
                             (unsigned char)flags};
  uint32_t number = htonl(stream);

  memcpy(frame + 5, &number, sizeof number);
  memcpy(frame + 9, payload, length);
  return send(fd, frame, 9 + length, MSG_NOSIGNAL) == (ssize_t)(9 + length);
}

static int answer(int fd, uint32_t stream) {
  return send_frame(fd, HEADERS, END_HEADERS, stream, HEAD, sizeof HEAD - 1) &&
         send_frame(fd, DATA, 0, stream, MESSAGE, sizeof MESSAGE) &&
         send_frame(fd, HEADERS, END_HEADERS | END_STREAM, stream, TRAILER, sizeof TRAILER - 1);
}

/* Takes a frame; 0 when the connection is over. */
static int take_frame(int fd) {
  unsigned char head[9];
  char payload[16384];
  uint32_t length, stream;

  if (!read_all(fd, head, sizeof head)) return 0;
  length = (uint32_t)head[0] << 16 | (uint32_t)head[1] << 8 | head[2];
  memcpy(&stream, head + 5, sizeof stream);
  stream = ntohl(stream) & 0x7fffffff;
  if (length > sizeof payload || !read_all(fd, payload, length)) return 0;
  if (head[3] == SETTINGS && !(head[4] & ACK)) return send_frame(fd, SETTINGS, ACK, 0, "", 0);
  if (head[3] == PING && !(head[4] & ACK) && length == 8)
    return send_frame(fd, PING, ACK, 0, payload, length);
  if (head[3] == DATA && head[4] & END_STREAM) return answer(fd, stream);
  return 1;
}

static void serve(int fd) {
  struct timeval patience = {.tv_sec = 10};
  char preface[24];

  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (!read_all(fd, preface, sizeof preface) || memcmp(preface, "PRI * HTTP/2.0\r\n", 16) != 0)
    return;
  if (!send_frame(fd, SETTINGS, 0, 0, "", 0)) return;
  while (take_frame(fd))
    ;
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  struct sigaction end = {.sa_handler = ended};
  int fd, on = 1;

  if (argc != 2 || atoi(argv[1]) <= 0 || atoi(argv[1]) > 65535) {
    fprintf(stderr, "usage: grpc-health PORT\n");
    return 2;
  }
  sigaction(SIGTERM, &end, NULL);
  sigaction(SIGINT, &end, NULL);
  address.sin_port = htons((uint16_t)atoi(argv[1]));
  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) die("bind");
  if (listen(fd, 16) != 0) die("listen");
  puts("grpc-health: listens");
  fflush(stdout);
  for (;;) {
    int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) continue;
    serve(client);
    close(client);
  }
}
