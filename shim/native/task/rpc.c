#include "rpc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "socket_name.h"

enum { SEND_MILLIS = 10000 };

/* How containerd's shims hear of the namespace. */
static const char NAMESPACE_KEY[] = "containerd-namespace-ttrpc";

void reply_free(struct reply *reply) {
  free(reply->bytes);
  *reply = (struct reply){0};
}

static uint32_t read32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void write32(uint8_t *bytes, uint32_t number) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

void rpc_header_read(const uint8_t bytes[RPC_HEADER_BYTES], struct rpc_header *header) {
  *header = (struct rpc_header){read32(bytes), read32(bytes + 4), bytes[8], bytes[9]};
}

int rpc_answer(struct view message, struct view *payload, struct refusal *refusal) {
  struct view status = proto_find_block(message, 1);
  *payload = proto_find_block(message, 2);
  uint64_t code = proto_find_number(status, 1);
  if (code == 0) return RPC_OK;
  proto_copy_text(proto_find_block(status, 2), refusal->text, sizeof refusal->text);
  size_t length = strlen(refusal->text);
  while (length > 0 && (unsigned char)refusal->text[length - 1] <= ' ')
    refusal->text[--length] = '\0';
  if (refusal->text[0] == '\0')
    refuse(refusal, "the shim failed with code %llu and no message", (unsigned long long)code);
  return code < INT32_MAX ? (int)code : INT32_MAX;
}

/* An abstract name, as shims before 1.4 have it, is a text without a scheme. */
static bool name(const char *address, struct sockaddr_un *to, socklen_t *length, int *directory) {
  static const char SCHEME[] = "unix://";
  size_t scheme = sizeof SCHEME - 1;
  *length = sizeof *to;
  if (strncmp(address, SCHEME, scheme) == 0) return socket_name(to, address + scheme, directory);
  if (address[0] == '/') return socket_name(to, address, directory);
  size_t bytes = strlen(address);
  if (bytes == 0 || bytes + 1 > sizeof to->sun_path || strstr(address, "://") != NULL) {
    errno = EINVAL;
    return false;
  }
  *to = (struct sockaddr_un){.sun_family = AF_UNIX};
  memcpy(to->sun_path + 1, address, bytes);
  *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + bytes);
  return true;
}

bool rpc_connect(struct rpc *rpc, const char *address, const char *name_space,
                 struct refusal *refusal) {
  *rpc = (struct rpc){.fd = -1, .name_space = name_space};
  struct sockaddr_un to;
  socklen_t length;
  int directory CLOSE = -1;
  if (!name(address, &to, &length, &directory))
    return refuse(refusal, "bad address of a shim: %s: %m", address);
  int fd CLOSE = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  /* Neither a connection nor a request may wait for ever; answers have limits of their own. */
  const struct timeval limit = {.tv_sec = SEND_MILLIS / 1000};
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
      connect(fd, (const struct sockaddr *)&to, length) != 0)
    return refuse(refusal, "cannot connect to the shim at %s: %m", address);
  rpc->fd = fd;
  fd = -1;
  return true;
}

void rpc_close(struct rpc *rpc) { close_owned(&rpc->fd); }

bool rpc_send(struct rpc *rpc, const char *service, const char *method, const struct proto *request,
              struct refusal *refusal) {
  struct proto message PROTO = {0}, metadata PROTO = {0}, frame PROTO = {0};
  proto_text(&metadata, 1, NAMESPACE_KEY);
  proto_text(&metadata, 2, rpc->name_space);
  proto_text(&message, 1, service);
  proto_text(&message, 2, method);
  proto_message(&message, 3, request);
  proto_message(&message, 5, &metadata);
  if (message.failed) return refuse_for_memory(refusal);
  if (message.length > RPC_BYTES_MAX)
    return refuse(refusal, "a request of %zu bytes is more than a shim takes", message.length);
  rpc->stream = rpc->stream == 0 ? 1 : rpc->stream + 2; /* a client's streams are odd */
  uint8_t header[RPC_HEADER_BYTES] = {0};
  write32(header, (uint32_t)message.length);
  write32(header + 4, rpc->stream);
  header[8] = RPC_REQUEST;
  struct iovec parts[] = {{header, sizeof header}, {message.bytes, message.length}};
  for (size_t i = 0; i < 2; i++) {
    const uint8_t *next = parts[i].iov_base;
    while (parts[i].iov_len > 0) {
      ssize_t sent = send(rpc->fd, next, parts[i].iov_len, MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) return refuse(refusal, "cannot send %s to the shim: %m", method);
      next += sent;
      parts[i].iov_len -= (size_t)sent;
    }
  }
  return true;
}

/* Reads all of a block before the deadline, or without one when it is negative. */
static int receive_all(int fd, uint8_t *data, size_t length, int64_t deadline,
                       struct refusal *refusal) {
  while (length > 0) {
    int64_t left = deadline < 0 ? -1 : deadline - now_monotonic_millis();
    if (deadline >= 0 && left < 0) left = 0;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    int count = poll(&ready, 1, left > INT32_MAX ? INT32_MAX : (int)left);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) {
      refuse(refusal, "the shim does not answer");
      return RPC_LATE;
    }
    ssize_t got = count < 0 ? -1 : recv(fd, data, length, MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) {
      if (got == 0)
        refuse(refusal, "the shim is gone: it has closed the connection");
      else
        refuse(refusal, "the shim is gone: %m");
      return RPC_BROKEN;
    }
    data += got;
    length -= (size_t)got;
  }
  return RPC_OK;
}

int rpc_receive(struct rpc *rpc, int64_t limit, struct reply *reply, struct refusal *refusal) {
  int64_t deadline = limit < 0 ? -1 : now_monotonic_millis() + limit;
  for (;;) {
    reply_free(reply);
    uint8_t bytes[RPC_HEADER_BYTES];
    struct rpc_header header;
    int result = receive_all(rpc->fd, bytes, sizeof bytes, deadline, refusal);
    if (result != RPC_OK) return result;
    rpc_header_read(bytes, &header);
    if (header.length > RPC_BYTES_MAX) {
      refuse(refusal, "the shim sent a message of %u bytes", header.length);
      return RPC_BROKEN;
    }
    reply->bytes = new_zeroed(header.length + 1);
    if (reply->bytes == NULL) {
      refuse_for_memory(refusal);
      return RPC_BROKEN;
    }
    result = receive_all(rpc->fd, reply->bytes, header.length, deadline, refusal);
    if (result != RPC_OK) return result;
    /* An answer to a request that was given up before is nobody's. */
    if (header.type == RPC_RESPONSE && header.stream == rpc->stream)
      return rpc_answer((struct view){reply->bytes, header.length}, &reply->payload, refusal);
  }
}

bool rpc_respond(int fd, uint32_t stream, int code) {
  /* A status, even an empty one: {1: {1: code}}. */
  uint8_t bytes[RPC_HEADER_BYTES + 4] = {0}, *body = bytes + RPC_HEADER_BYTES;
  uint32_t length = 0;
  body[length++] = 1 << 3 | 2;
  body[length++] = code == RPC_OK ? 0 : 2;
  if (code != RPC_OK) {
    body[length++] = 1 << 3;
    body[length++] = (uint8_t)code; /* all are below 128 */
  }
  write32(bytes, length);
  write32(bytes + 4, stream);
  bytes[8] = RPC_RESPONSE;
  ssize_t size = (ssize_t)(RPC_HEADER_BYTES + length);
  return send(fd, bytes, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT) == size;
}
