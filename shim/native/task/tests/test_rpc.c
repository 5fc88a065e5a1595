/* A server made of whatever bytes a test wants, in a child. */
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "rpc.h"

static char path[64], address[80];

static void put_frame(struct proto *out, uint32_t length, uint32_t stream, uint8_t type,
                      const struct proto *body) {
  uint8_t header[RPC_HEADER_BYTES] = {0};
  for (int i = 0; i < 4; i++) {
    header[i] = (uint8_t)(length >> (24 - 8 * i));
    header[4 + i] = (uint8_t)(stream >> (24 - 8 * i));
  }
  header[8] = type;
  uint8_t *bytes = realloc(out->bytes, out->length + sizeof header + body->length);
  CHECK(bytes != NULL);
  memcpy(bytes + out->length, header, sizeof header);
  if (body->length > 0) memcpy(bytes + out->length + sizeof header, body->bytes, body->length);
  out->bytes = bytes;
  out->length += sizeof header + body->length;
}

static void put_answer(struct proto *out, uint32_t stream, int code, const char *text,
                       const char *payload) {
  struct proto body PROTO = {0}, status PROTO = {0};
  proto_number(&status, 1, (uint64_t)code);
  proto_text(&status, 2, text);
  if (code != 0) proto_message(&body, 1, &status);
  proto_text(&body, 2, payload);
  put_frame(out, (uint32_t)body.length, stream, 2, &body);
}

/* Reads a request, which must be whole, and answers it with those bytes, one at a time. */
static _Noreturn void serve(int listener, const struct proto *answer, bool stays) {
  alarm(20);
  int fd = accept(listener, NULL, NULL);
  uint8_t bytes[RPC_HEADER_BYTES];
  struct rpc_header header;
  CHECK(recv(fd, bytes, sizeof bytes, MSG_WAITALL) == sizeof bytes);
  rpc_header_read(bytes, &header);
  CHECK(header.type == 1 && header.stream == 1 && header.length < 4096);
  uint8_t *request = malloc(header.length);
  CHECK(request != NULL);
  CHECK(recv(fd, request, header.length, MSG_WAITALL) == (ssize_t)header.length);
  struct view message = {request, header.length};
  struct view method = proto_find_block(message, 2), payload = proto_find_block(message, 3);
  CHECK(method.length == 6 && memcmp(method.data, "Method", 6) == 0);
  CHECK(proto_find_number(payload, 3) == 33);
  struct view name_space = proto_find_block(proto_find_block(message, 5), 2);
  CHECK(name_space.length == 2 && memcmp(name_space.data, "ns", 2) == 0);
  free(request);
  for (size_t i = 0; i < answer->length; i++)
    CHECK(send(fd, answer->bytes + i, 1, MSG_NOSIGNAL) == 1);
  if (stays) pause();
  _exit(0);
}

/* One call to a server that answers with those bytes and then goes, or else stays in silence. */
static int call(const struct proto *answer, bool stays, struct reply *reply,
                struct refusal *refusal) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  memcpy(name.sun_path, path, strlen(path) + 1);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  unlink(path);
  CHECK(bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, 1) == 0);
  pid_t server = fork();
  if (server == 0) serve(listener, answer, stays);
  close(listener);
  struct rpc rpc;
  struct proto request PROTO = {0};
  proto_number(&request, 3, 33);
  CHECK(rpc_connect(&rpc, address, "ns", refusal), "%s", refusal->text);
  CHECK(rpc_send(&rpc, "a.Service", "Method", &request, refusal));
  int code = rpc_receive(&rpc, stays ? 200 : 10000, reply, refusal);
  rpc_close(&rpc);
  if (stays) kill(server, SIGKILL);
  int status;
  CHECK(waitpid(server, &status, 0) == server && (stays || status == 0));
  unlink(path);
  return code;
}

static void takes_its_own_answer(void) {
  struct proto answer PROTO = {0};
  struct reply reply REPLY = {0};
  struct refusal refusal;
  put_answer(&answer, 3, 0, NULL, "of another stream");
  struct proto request PROTO = {0};
  put_frame(&answer, 0, 1, 1, &request);
  put_answer(&answer, 1, 0, NULL, "mine");
  CHECK(call(&answer, false, &reply, &refusal) == RPC_OK);
  CHECK(reply.payload.length == 4 && memcmp(reply.payload.data, "mine", 4) == 0);
}

static void tells_the_shims_words(void) {
  struct reply reply REPLY = {0};
  struct refusal refusal;
  struct proto answer PROTO = {0}, silent PROTO = {0};
  put_answer(&answer, 1, 5, "no such container\n", NULL);
  CHECK(call(&answer, false, &reply, &refusal) == RPC_NOT_FOUND);
  CHECK_TEXT(refusal.text, "no such container");
  put_answer(&silent, 1, 2, NULL, NULL);
  CHECK(call(&silent, false, &reply, &refusal) == 2);
  CHECK_TEXT(refusal.text, "the shim failed with code 2 and no message");
}

static void bears_hostile_answers(void) {
  struct reply reply REPLY = {0};
  struct refusal refusal;
  struct proto none PROTO = {0}, huge PROTO = {0}, cut PROTO = {0}, header PROTO = {0};
  CHECK(call(&none, false, &reply, &refusal) == RPC_BROKEN);
  CHECK(call(&none, true, &reply, &refusal) == RPC_LATE);
  CHECK_TEXT(refusal.text, "the shim does not answer");
  put_frame(&huge, UINT32_MAX, 1, 2, &none);
  CHECK(call(&huge, true, &reply, &refusal) == RPC_BROKEN);
  CHECK_TEXT(refusal.text, "the shim sent a message of 4294967295 bytes");
  put_frame(&cut, 100, 1, 2, &none);
  CHECK(call(&cut, false, &reply, &refusal) == RPC_BROKEN);
  CHECK(call(&cut, true, &reply, &refusal) == RPC_LATE);
  put_frame(&header, 0, 1, 2, &none);
  header.length = 5;
  CHECK(call(&header, false, &reply, &refusal) == RPC_BROKEN);
}

static void knows_addresses(void) {
  struct rpc rpc;
  struct refusal refusal;
  CHECK(!rpc_connect(&rpc, "unix:///nowhere/at/all", "ns", &refusal) && rpc.fd < 0);
  CHECK(strstr(refusal.text, "No such file") != NULL);
  CHECK(!rpc_connect(&rpc, "vsock://3:1024", "ns", &refusal));
  CHECK(strstr(refusal.text, "bad address") != NULL);
  CHECK(!rpc_connect(&rpc, "", "ns", &refusal));
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "jct/%d", (int)getpid());
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(bind(listener, (struct sockaddr *)&name,
             (socklen_t)(sizeof name.sun_family + 1 + (size_t)length)) == 0);
  CHECK(listen(listener, 1) == 0);
  CHECK(rpc_connect(&rpc, name.sun_path + 1, "ns", &refusal), "%s", refusal.text);
  rpc_close(&rpc);
  close(listener);
}

int main(void) {
  (void)snprintf(path, sizeof path, "/tmp/jct-rpc-%d.sock", (int)getpid());
  (void)snprintf(address, sizeof address, "unix://%s", path);
  takes_its_own_answer();
  tells_the_shims_words();
  bears_hostile_answers();
  knows_addresses();
  return 0;
}
