/* What is made of a shim's answers about its sandbox: a server in a child gives those of a list, in
 * turn, and then closes the connection. */
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "sandbox.h"

static const struct arguments ARGUMENTS = {.shim = "/opt/shim"};

struct answer {
  const char *method;
  int code;
  const struct proto *payload;
};

static void receive(int fd, void *data, size_t length) {
  CHECK(recv(fd, data, length, MSG_WAITALL) == (ssize_t)length);
}

/* Reads a request of that method, for the sandbox "pod", and answers it. */
static void answer_one(int fd, const struct answer *answer) {
  static uint8_t request[65536];
  uint8_t bytes[RPC_HEADER_BYTES] = {0};
  struct rpc_header header;
  receive(fd, bytes, sizeof bytes);
  rpc_header_read(bytes, &header);
  CHECK(header.length <= sizeof request);
  receive(fd, request, header.length);
  struct view message = {request, header.length};
  char service[64], method[64], id[16];
  proto_copy_text(proto_find_block(message, 1), service, sizeof service);
  proto_copy_text(proto_find_block(message, 2), method, sizeof method);
  proto_copy_text(proto_find_block(proto_find_block(message, 3), 1), id, sizeof id);
  CHECK_TEXT(service, "containerd.runtime.sandbox.v1.Sandbox");
  CHECK_TEXT(method, answer->method);
  CHECK_TEXT(id, "pod");
  struct proto body PROTO = {0}, status PROTO = {0}, nothing PROTO = {0};
  proto_number(&status, 1, (uint64_t)answer->code);
  proto_text(&status, 2, "words");
  if (answer->code != 0) proto_message(&body, 1, &status);
  proto_message(&body, 2, answer->payload == NULL ? &nothing : answer->payload);
  bytes[2] = (uint8_t)(body.length >> 8);
  bytes[3] = (uint8_t)body.length;
  bytes[8] = 2; /* the stream is the request's */
  bytes[0] = bytes[1] = 0;
  CHECK(send(fd, bytes, sizeof bytes, MSG_NOSIGNAL) == sizeof bytes);
  CHECK(send(fd, body.bytes, body.length, MSG_NOSIGNAL) == (ssize_t)body.length);
}

static pid_t serve(struct task *task, const struct answer *answers, size_t count) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  *task = (struct task){
      .arguments = &ARGUMENTS,
      .record = {.id = "pod", .sandbox = "pod", .bundle = "/bundle", .shim_pid = 77, .api = 1},
      .rpc = {.fd = ends[0], .name_space = "ns"}};
  pid_t server = fork();
  if (server == 0) {
    alarm(20);
    close(ends[0]);
    for (size_t i = 0; i < count; i++) answer_one(ends[1], &answers[i]);
    _exit(0);
  }
  close(ends[1]);
  return server;
}

/* All answers have been asked for. */
static void finish(struct task *task, pid_t server) {
  int status;
  CHECK(waitpid(server, &status, 0) == server && status == 0);
  rpc_close(&task->rpc);
}

static bool wait_for(const struct answer *answers, size_t count, int *status,
                     struct refusal *refusal) {
  struct task task;
  pid_t server = serve(&task, answers, count);
  bool told = sandbox_wait(&task, status, refusal);
  finish(&task, server);
  return told;
}

static void takes_an_end_with_its_time(void) {
  struct refusal refusal;
  struct proto ended PROTO = {0}, when PROTO = {0}, huge PROTO = {0};
  int status;
  proto_number(&ended, 1, 5);
  proto_message(&ended, 2, &when);
  CHECK(wait_for((struct answer[]){{"WaitSandbox", 0, &ended}}, 1, &status, &refusal));
  CHECK(status == 5);
  proto_number(&huge, 1, UINT32_MAX);
  proto_message(&huge, 2, &when);
  CHECK(wait_for((struct answer[]){{"WaitSandbox", 0, &huge}}, 1, &status, &refusal));
  CHECK(status == 255);
}

static void waits_for_the_shims_end_when_none_is_told(void) {
  struct refusal refusal;
  struct proto gone PROTO = {0};
  int status;
  const struct answer lives[] = {{"WaitSandbox", 0, NULL}, {"SandboxStatus", 0, NULL}};
  CHECK(!wait_for(lives, 2, &status, &refusal));
  CHECK_TEXT(refusal.text, "the shim is gone");
  proto_text(&gone, 3, "SANDBOX_NOTREADY");
  const struct answer ended[] = {{"WaitSandbox", 0, NULL}, {"SandboxStatus", 0, &gone}};
  CHECK(wait_for(ended, 2, &status, &refusal));
  CHECK(status == 0);
  CHECK(!wait_for((struct answer[]){{"WaitSandbox", 5, NULL}}, 1, &status, &refusal));
  CHECK_TEXT(refusal.text, "words");
}

static void tells_states(void) {
  struct proto ready PROTO = {0}, ended PROTO = {0}, when PROTO = {0};
  proto_text(&ready, 3, "SANDBOX_READY");
  CHECK(!sandbox_ended((struct view){ready.bytes, ready.length}));
  CHECK(!sandbox_ended((struct view){0}));
  proto_text(&ended, 3, "SANDBOX_READY");
  proto_message(&ended, 6, &when);
  CHECK(sandbox_ended((struct view){ended.bytes, ended.length}));
}

static bool fits(const char *os, const char *machine, struct refusal *refusal) {
  struct proto platform PROTO = {0}, answer PROTO = {0};
  proto_text(&platform, 1, os);
  proto_text(&platform, 2, machine);
  proto_message(&answer, 1, &platform);
  return sandbox_platform_fits((struct view){answer.bytes, answer.length}, refusal);
}

static void refuses_what_it_cannot_run(void) {
  struct refusal refusal;
  CHECK(fits(NULL, NULL, &refusal) && fits("linux", NULL, &refusal));
  CHECK(!fits("windows", NULL, &refusal));
  CHECK(strstr(refusal.text, "containers of windows/") != NULL, "%s", refusal.text);
  CHECK(!fits("linux", "s390x", &refusal));
  CHECK(strstr(refusal.text, "linux/s390x") != NULL, "%s", refusal.text);
}

static bool start(const struct answer *answers, size_t count, const char *request,
                  struct refusal *refusal, int64_t *pid) {
  struct task task;
  struct arguments arguments = ARGUMENTS;
  pid_t server = serve(&task, answers, count);
  arguments.sandbox_request = request;
  task.arguments = &arguments;
  bool started = sandbox_start(&task, refusal);
  *pid = task.record.pid;
  finish(&task, server);
  return started;
}

static void starts_or_tells_why_not(void) {
  char request[64];
  struct refusal refusal;
  struct proto told PROTO = {0};
  int64_t pid;
  (void)snprintf(request, sizeof request, "/tmp/jct-request-%d", (int)getpid());
  CHECK(!start(NULL, 0, request, &refusal, &pid));
  CHECK(strstr(refusal.text, "No such file") != NULL, "%s", refusal.text);
  FILE *file = fopen(request, "w");
  CHECK(file != NULL && fputs("\x2a\x03/ns", file) >= 0 && fclose(file) == 0);
  const struct answer strange[] = {{"CreateSandbox", RPC_UNIMPLEMENTED, NULL}};
  CHECK(!start(strange, 1, request, &refusal, &pid));
  CHECK_TEXT(refusal.text,
             "the shim /opt/shim has no sandbox API: it answers CreateSandbox with \"words\"");
  const struct answer broken[] = {{"CreateSandbox", 0, NULL}, {"StartSandbox", 2, NULL}};
  CHECK(!start(broken, 2, request, &refusal, &pid));
  CHECK_TEXT(refusal.text, "words");
  proto_number(&told, 1, 42);
  const struct answer own[] = {
      {"CreateSandbox", 0, NULL}, {"StartSandbox", 0, &told}, {"Platform", 0, NULL}};
  CHECK(start(own, 3, request, &refusal, &pid), "%s", refusal.text);
  CHECK(pid == 42);
  const struct answer shims[] = {
      {"CreateSandbox", 0, NULL}, {"StartSandbox", 0, NULL}, {"Platform", 0, NULL}};
  CHECK(start(shims, 3, request, &refusal, &pid), "%s", refusal.text);
  CHECK(pid == 77);
  unlink(request);
}

static void stops_with_or_without_an_answer(void) {
  struct task task;
  struct refusal refusal;
  pid_t server = serve(&task, (struct answer[]){{"StopSandbox", 0, NULL}}, 1);
  CHECK(sandbox_stop(&task, &refusal) == RPC_OK);
  finish(&task, server);
  server = serve(&task, (struct answer[]){{"StopSandbox", 9, NULL}}, 1);
  CHECK(sandbox_stop(&task, &refusal) == 9);
  finish(&task, server);
  server = serve(&task, NULL, 0);
  CHECK(sandbox_stop(&task, &refusal) == RPC_OK);
  finish(&task, server);
}

int main(void) {
  takes_an_end_with_its_time();
  waits_for_the_shims_end_when_none_is_told();
  tells_states();
  refuses_what_it_cannot_run();
  starts_or_tells_why_not();
  stops_with_or_without_an_answer();
  return 0;
}
