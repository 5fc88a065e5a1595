#include "relay_task.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { CHUNK = 4096, REST_MILLIS = 500 };

/* One direction: what has been read and not written yet. */
struct flow {
  int from, to;
  size_t begin, end;
  char bytes[CHUNK];
};

struct relay {
  struct task *task;
  const char *exec_id;
  struct streams *streams;
  struct flow in, out;
  int sizes; /* tells of a new size of the terminal's window, or -1 */
};

/* A shim whose answer does not come must not stop the streams for long. */
static void tell(const struct relay *relay, const char *method, const struct proto *request) {
  struct refusal ignored;
  struct reply reply REPLY = {0};
  struct task own = *relay->task;
  own.rpc = RPC_NONE; /* the other connection waits for the end */
  if (task_connect(&own, &ignored))
    (void)task_call(&own, method, request, ANSWER_MILLIS, &reply, &ignored);
  rpc_close(&own.rpc);
}

static void tell_size(const struct relay *relay) {
  struct winsize size;
  if (relay->in.from < 0 || ioctl(relay->in.from, TIOCGWINSZ, &size) != 0) return;
  if (size.ws_col == 0 && size.ws_row == 0) return; /* nobody has set one */
  struct proto request PROTO = {0};
  proto_text(&request, 1, relay->task->record.id);
  proto_text(&request, 2, relay->exec_id);
  proto_number(&request, 3, size.ws_col);
  proto_number(&request, 4, size.ws_row);
  tell(relay, "ResizePty", &request);
}

static void end_input(struct relay *relay) {
  relay->in.from = -1;
  /* A terminal's slave is the output's, too; whoever writes to a pipe must see that it is over. */
  if (!relay->streams->terminal) close_owned(&relay->streams->from);
  close_owned(&relay->in.to);
  struct proto request PROTO = {0};
  proto_text(&request, 1, relay->task->record.id);
  proto_text(&request, 2, relay->exec_id);
  proto_number(&request, 3, true);
  tell(relay, "CloseIO", &request);
}

static bool again(void) { return errno == EAGAIN || errno == EINTR; }

/* Reads when there is room, writes what there is; false when the direction has come to its end. */
static bool move(struct flow *flow) {
  if (flow->begin == flow->end) {
    ssize_t got = read(flow->from, flow->bytes, sizeof flow->bytes);
    if (got == 0 || (got < 0 && !again())) return false;
    flow->begin = 0;
    flow->end = got < 0 ? 0 : (size_t)got;
  }
  if (flow->begin == flow->end) return true;
  /* Without anybody who reads, output is thrown away: the container must not stand still. */
  ssize_t put = flow->to < 0 ? (ssize_t)(flow->end - flow->begin)
                             : write(flow->to, flow->bytes + flow->begin, flow->end - flow->begin);
  if (put < 0 && !again()) return false;
  if (put > 0) flow->begin += (size_t)put;
  return true;
}

static bool full(const struct flow *flow) { return flow->begin < flow->end; }

static void take_size(struct relay *relay) {
  struct signalfd_siginfo info;
  if (read(relay->sizes, &info, sizeof info) == (ssize_t)sizeof info) tell_size(relay);
}

/* Waits for whatever can go on, then does it. False when it has waited long enough. */
static bool step(struct relay *relay, int end, int limit) {
  struct flow *in = &relay->in, *out = &relay->out;
  enum { END, SIZE, IN_FROM, IN_TO, OUT_FROM, OUT_TO, COUNT };
  struct pollfd ready[COUNT] = {
      [END] = {.fd = end, .events = POLLIN},
      [SIZE] = {.fd = relay->sizes, .events = POLLIN},
      [IN_FROM] = {.fd = full(in) ? -1 : in->from, .events = POLLIN},
      [IN_TO] = {.fd = in->to, .events = full(in) ? POLLOUT : 0}, /* and its end */
      [OUT_FROM] = {.fd = full(out) ? -1 : out->from, .events = POLLIN},
      [OUT_TO] = {.fd = full(out) ? out->to : -1, .events = POLLOUT},
  };
  int count = poll(ready, COUNT, limit);
  if (count < 0) return errno == EINTR;
  if (count == 0) return false;
  if (ready[SIZE].revents != 0) take_size(relay);
  bool input = ready[IN_FROM].revents != 0 || ready[IN_TO].revents != 0;
  if (input && ((ready[IN_TO].revents & POLLERR) != 0 || !move(in))) end_input(relay);
  bool output = ready[OUT_FROM].revents != 0 || ready[OUT_TO].revents != 0;
  if (output && !move(out)) {
    /* Either the shim has closed it, or the terminal is hung up and the rest is nobody's. */
    if (full(out) && out->to >= 0)
      out->to = -1;
    else
      close_owned(&out->from);
    out->begin = out->end = 0;
  }
  return true;
}

/* The terminal tells its size's changes to the process that it controls. */
static void take_terminal(struct relay *relay, const struct streams *streams) {
  sigset_t sizes;
  sigemptyset(&sizes);
  sigaddset(&sizes, SIGWINCH);
  sigprocmask(SIG_BLOCK, &sizes, NULL);
  relay->sizes = signalfd(-1, &sizes, SFD_CLOEXEC | SFD_NONBLOCK);
  (void)ioctl(streams->from, TIOCSCTTY, 0);
  tell_size(relay);
}

static bool copying(const struct relay *relay) { return relay->out.from >= 0; }

bool relay_task(struct task *task, const char *exec_id, struct streams *streams, int *exit_status,
                struct refusal *refusal) {
  struct relay relay = {.task = task,
                        .exec_id = exec_id,
                        .streams = streams,
                        .in = {.from = streams->from, .to = streams->in_write},
                        .out = {.from = streams->out_read, .to = -1},
                        .sizes = -1};
  /* Its caller's process group is killed when a start takes too long; this one has started. */
  setsid();
  signal(SIGHUP, SIG_IGN); /* of the terminal */
  signal(SIGPIPE, SIG_IGN);
  streams->in_write = streams->out_read = -1;
  if (relay.in.from >= 0) fcntl(relay.in.from, F_SETFL, O_NONBLOCK);
  if (relay.in.to >= 0) fcntl(relay.in.to, F_SETFL, O_NONBLOCK);
  if (relay.out.from >= 0) fcntl(relay.out.from, F_SETFL, O_NONBLOCK);
  if (streams->terminal) {
    relay.out.to = streams->from;
    take_terminal(&relay, streams);
  }
  struct pollfd end = {.fd = task->rpc.fd, .events = POLLIN};
  while (poll(&end, 1, 0) == 0)
    if (!step(&relay, task->rpc.fd, -1)) break;
  bool told = task_waited(task, FOREVER, exit_status, refusal);
  int64_t deadline = now_monotonic_millis() + REST_MILLIS;
  for (int64_t left; copying(&relay) && (left = deadline - now_monotonic_millis()) > 0;)
    if (!step(&relay, -1, (int)left)) break;
  close_owned(&relay.in.to);
  close_owned(&relay.out.from);
  close_owned(&relay.sizes);
  return told;
}
