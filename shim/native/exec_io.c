#include "exec_io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "conn.h"

enum {
  CHUNK = 16 * 1024,
  BACKLOG_MAX = 128 * 1024,
  PIPE_SIZE = 256 * 1024,
  /* More than a pipe holds at most (fs.pipe-max-size): what a left-over process goes on to write
   * into it is not the exec's, and must not gather here while the daemon does not read. */
  DRAIN_READS = (2 << 20) / CHUNK,
};

enum outcome { GOT_DATA, GOT_NOTHING, GOT_END };

static enum outcome pass_on(struct exec *exec, struct source *source) {
  char data[CHUNK];
  ssize_t got = read(source->watch.fd, data, sizeof data);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return GOT_NOTHING;
  if (got <= 0) {
    loop_close(&exec->shim->loop, &source->watch);
    return GOT_END;
  }
  int64_t shown = got < source->room ? got : source->room;
  source->room -= shown;
  if (shown < got) exec->truncated = true;
  if (shown > 0 && exec->conn != NULL && !exec->timed_out) {
    struct wire_out *out = &exec->conn->out;
    wire_begin(out, source->type, exec->request);
    wire_bytes(out, TAG_DATA, data, (size_t)shown);
    wire_end(out);
    conn_flush(exec->conn);
  }
  return GOT_DATA;
}

void exec_sync_pause(struct exec *exec, bool paused) {
  for (int i = 0; i < 2; i++)
    loop_watch(&exec->shim->loop, &exec->sources[i].watch, paused ? 0 : EPOLLIN);
}

static void readable(struct watch *watch, uint32_t events) {
  (void)events;
  struct exec *exec = watch->owner;
  struct source *source = watch == &exec->sources[0].watch ? &exec->sources[0] : &exec->sources[1];
  pass_on(exec, source);
  if (exec->conn != NULL && conn_backlog(exec->conn) > BACKLOG_MAX) exec_sync_pause(exec, true);
  if (exec->ended && exec->sources[0].watch.fd < 0 && exec->sources[1].watch.fd < 0)
    exec_finish(exec);
}

void exec_sync_begin(struct exec *exec, const int ours[3], int64_t limit) {
  for (int i = 0; i < 2; i++)
    exec->sources[i] = (struct source){
        .watch = {.fd = ours[i + 1], .ready = readable, .owner = exec},
        .type = i == 0 ? REPLY_STDOUT : REPLY_STDERR,
        .room = limit,
    };
}

bool exec_sync_drain(struct exec *exec) {
  bool all = true;
  for (int i = 0; i < 2; i++) {
    struct source *source = &exec->sources[i];
    for (int reads = 0; source->watch.fd >= 0 && reads < DRAIN_READS; reads++)
      if (pass_on(exec, source) != GOT_DATA) break;
    all = all && source->watch.fd < 0;
  }
  return all;
}

bool exec_stream_prepare(struct exec *exec, bool with_stdin) {
  for (int i = with_stdin ? 0 : 1; i < (exec->tty ? 2 : 3); i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
    exec->client_ends[i] = ends[i == 0];
    /* The relay's own end waits here until there is something to connect it to. */
    exec->relays[i].from.fd = exec->relays[i].to.fd = -1;
    *(i == 0 ? &exec->relays[i].from.fd : &exec->relays[i].to.fd) = ends[i != 0];
  }
  return true;
}

static void one_ended(struct relay *relay) {
  struct exec *exec = relay->owner;
  if (exec->ended && exec_stream_ended(exec)) exec_finish(exec);
}

void exec_stream_begin(struct exec *exec, const int ours[3]) {
  for (int i = 0; i < 3; i++) {
    struct relay *relay = &exec->relays[i];
    int mine = i == 0 ? relay->from.fd : relay->to.fd;
    if (mine < 0) continue;
    int process = ours[i];
    if (exec->tty) process = fcntl(exec->terminal, F_DUPFD_CLOEXEC, 3);
    if (process < 0) continue;
    if (i == 0)
      relay_start(relay, &exec->shim->loop, mine, process, one_ended, exec);
    else
      relay_start(relay, &exec->shim->loop, process, mine, one_ended, exec);
  }
}

bool exec_stream_ended(const struct exec *exec) {
  return !relay_active(&exec->relays[1]) && !relay_active(&exec->relays[2]);
}

void exec_stream_end(struct exec *exec) {
  relay_stop(&exec->relays[0]);
  /* Either may finish the exec, so the second is only touched while the first leaves it alive. */
  bool second = relay_active(&exec->relays[2]);
  if (relay_active(&exec->relays[1])) {
    relay_end(&exec->relays[1]);
    if (second) relay_end(&exec->relays[2]);
  } else if (second) {
    relay_end(&exec->relays[2]);
  }
}

void exec_io_close(struct exec *exec) {
  struct loop *loop = &exec->shim->loop;
  for (int i = 0; i < 2; i++) loop_close(loop, &exec->sources[i].watch);
  for (int i = 0; i < 3; i++) {
    struct relay *relay = &exec->relays[i];
    if (relay->loop != NULL) {
      relay_stop(relay);
    } else {
      close_owned(&relay->from.fd);
      close_owned(&relay->to.fd);
    }
    close_owned(&exec->client_ends[i]);
  }
  close_owned(&exec->terminal);
}
