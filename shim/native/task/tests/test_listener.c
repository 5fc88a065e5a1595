/* The process that hears a shim, with clients of all kinds. */
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "event.h"
#include "inbox.h"
#include "listener.h"
#include "verbs.h"

static char root[256], address[4096];
static struct arguments arguments = {.root = root};
static struct task task = {.arguments = &arguments,
                           .record = {.id = "s1", .sandbox = "s1", .bundle = "/b"},
                           .rpc = RPC_NONE};

static void begin(void) {
  struct refusal refusal;
  CHECK(record_make(root, &task.record, &refusal), "%s", refusal.text);
  CHECK(listener_start(&task, address, sizeof address, &refusal), "%s", refusal.text);
}

static void end(void) {
  struct refusal refusal;
  struct rpc rpc;
  listener_end(root, "s1");
  CHECK(!rpc_connect(&rpc, address, "ns", &refusal));
  listener_end(root, "s1");
  record_remove(root, "s1");
  CHECK(rmdir(root) == 0);
}

static void connect_to(struct rpc *rpc) {
  struct refusal refusal;
  CHECK(rpc_connect(rpc, address, "ns", &refusal), "%s", refusal.text);
}

static int publish(struct rpc *rpc, const char *service, const char *topic) {
  struct proto told PROTO = {0}, any PROTO = {0}, forward PROTO = {0};
  struct reply reply REPLY = {0};
  struct refusal refusal;
  proto_text(&told, 1, "s1");
  proto_text(&told, 2, "s1");
  proto_message(&any, 2, &told);
  event_envelope(&forward, "ns", topic, (struct view){any.bytes, any.length});
  CHECK(rpc_send(rpc, service, "Forward", &forward, &refusal), "%s", refusal.text);
  return rpc_receive(rpc, 10000, &reply, &refusal);
}

static bool hangs_up(int fd) {
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  char byte;
  return poll(&ready, 1, 10000) == 1 && recv(fd, &byte, 1, MSG_DONTWAIT) <= 0;
}

static void keeps_what_it_is_told(void) {
  struct rpc first, second;
  begin();
  connect_to(&first);
  connect_to(&second);
  CHECK(!listener_heard_oom(&task, 0, true));
  CHECK(publish(&first, "some.other.Service", "/tasks/oom") == RPC_UNIMPLEMENTED);
  CHECK(publish(&second, EVENT_SERVICE, "/tasks/exit") == RPC_OK);
  CHECK(!event_kept(root, "s1", EVENT_OOM) && event_kept(root, "s1", EVENT_EXIT));
  CHECK(!listener_heard_oom(&task, 137, true));
  CHECK(publish(&first, EVENT_SERVICE, "/tasks/oom") == RPC_OK);
  CHECK(event_kept(root, "s1", EVENT_OOM));
  CHECK(listener_heard_oom(&task, 137, true));
  rpc_close(&first);
  rpc_close(&second);
  end();
  CHECK(!listener_heard_oom(&task, 137, true));
}

/* Who listens; 0 for nobody. */
static pid_t listener(void) {
  struct rpc rpc;
  struct refusal refusal;
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (!rpc_connect(&rpc, address, "ns", &refusal)) return 0;
  CHECK(getsockopt(rpc.fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0);
  rpc_close(&rpc);
  return peer.pid;
}

/* Killed, it is started anew as long as the container is waited for; ended, it is not. */
static void is_started_anew(void) {
  int shim[2];
  struct rpc rpc;
  struct refusal refusal;
  begin();
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, shim) == 0);
  pid_t guard = fork();
  if (guard == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    task.rpc.fd = shim[0];
    listener_guard(&task);
    _exit(0);
  }
  for (int i = 0; i < 2; i++) {
    pid_t first = listener();
    connect_to(&rpc);
    CHECK(kill(first, SIGKILL) == 0 && hangs_up(rpc.fd));
    rpc_close(&rpc);
    /* It hangs up before it stops to listen. */
    for (pid_t next = first; next == 0 || next == first; next = listener()) poll(NULL, 0, 1);
  }
  connect_to(&rpc);
  CHECK(publish(&rpc, EVENT_SERVICE, "/tasks/oom") == RPC_OK);
  rpc_close(&rpc);
  CHECK(event_kept(root, "s1", EVENT_OOM));
  /* As whoever deletes does it. */
  int lock = record_lock(root, "s1");
  end();
  CHECK(write(shim[1], "x", 1) == 1);
  int status;
  close(lock);
  CHECK(waitpid(guard, &status, 0) == guard && status == 0);
  CHECK(!rpc_connect(&rpc, address, "ns", &refusal) && access(root, F_OK) != 0);
  close(shim[0]);
  close(shim[1]);
}

/* By the program that an old shim was told of. */
static void passes_on_what_is_published(void) {
  struct proto told PROTO = {0}, any PROTO = {0};
  struct arguments publishing = {.name_space = "ns", .topic = "/tasks/oom"};
  struct refusal refusal;
  int input[2];
  proto_text(&told, 1, "s1");
  proto_text(&any, 1, "containerd.events.TaskOOM");
  proto_message(&any, 2, &told);
  begin();
  for (int i = 0; i < 2; i++) {
    CHECK(setenv("TTRPC_ADDRESS", i == 0 ? "" : address, 1) == 0);
    CHECK(pipe(input) == 0 && dup2(input[0], STDIN_FILENO) >= 0);
    CHECK(write_all(input[1], any.bytes, any.length));
    close(input[0]);
    close(input[1]);
    CHECK(verb_publish(&publishing, &refusal) == 0);
    CHECK(event_kept(root, "s1", EVENT_OOM) == (i == 1));
  }
  end();
  CHECK(verb_publish(&publishing, &refusal) == 1);
}

/* The OOM and the exit are told when the end is known already. */
static void waits_for_what_is_late(void) {
  struct rpc rpc;
  begin();
  connect_to(&rpc);
  pid_t late = fork();
  if (late == 0) {
    poll(NULL, 0, 150);
    (void)publish(&rpc, EVENT_SERVICE, "/tasks/exit");
    (void)publish(&rpc, EVENT_SERVICE, "/tasks/oom");
    _exit(0);
  }
  CHECK(listener_heard_oom(&task, 137, true));
  rpc_close(&rpc);
  end();
}

static void bears_bad_clients(void) {
  enum { MANY = 40 };
  struct rpc rpcs[MANY], good, broken;
  begin();
  connect_to(&broken);
  CHECK(send(broken.fd, "GET / HTTP/1.0\r\n\r\n", 18, 0) == 18);
  CHECK(hangs_up(broken.fd));
  rpc_close(&broken);
  /* More than there is room for: those that are too many are hung up on. */
  for (int i = 0; i < MANY; i++) connect_to(&rpcs[i]);
  CHECK(hangs_up(rpcs[MANY - 1].fd));
  CHECK(publish(&rpcs[0], EVENT_SERVICE, "/tasks/exit") == RPC_OK);
  for (int i = 0; i < MANY; i++) rpc_close(&rpcs[i]);
  /* One that sends and never reads is hung up on, too. */
  connect_to(&broken);
  static uint8_t frames[65536];
  for (size_t i = 0; i + RPC_HEADER_BYTES <= sizeof frames; i += RPC_HEADER_BYTES)
    frames[i + 8] = RPC_REQUEST;
  ssize_t sent;
  for (int i = 0; i < 1000; i++)
    if ((sent = send(broken.fd, frames, sizeof frames / RPC_HEADER_BYTES * RPC_HEADER_BYTES,
                     MSG_NOSIGNAL)) < 0)
      break;
  CHECK(sent < 0);
  rpc_close(&broken);
  connect_to(&good);
  CHECK(publish(&good, EVENT_SERVICE, "/tasks/oom") == RPC_OK);
  CHECK(event_kept(root, "s1", EVENT_OOM));
  rpc_close(&good);
  end();
}

int main(void) {
  alarm(60);
  (void)snprintf(root, sizeof root, "/tmp/jct-listener-%d", (int)getpid());
  keeps_what_it_is_told();
  waits_for_what_is_late();
  bears_bad_clients();
  is_started_anew();
  passes_on_what_is_published();
  /* Too long for a socket's name. */
  size_t length = strlen(root);
  memset(root + length, 'x', 150);
  CHECK(strncmp(root, "/tmp/", 5) == 0);
  keeps_what_it_is_told();
  CHECK(strncmp(address, "/proc/", 6) == 0);
  return 0;
}
