#include "exec_io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
  CHUNK = 16 * 1024,
  BACKLOG_MAX = 128 * 1024,
  PIPE_SIZE = 256 * 1024,
  /* More than a pipe holds at most (fs.pipe-max-size): what a left-over process goes on to write
   * into it is not the exec's, and must not gather here while the daemon does not read. */
  DRAIN_READS = (2 << 20) / CHUNK,
};

enum outcome { GOT_DATA, GOT_NOTHING, GOT_END };

static enum outcome pass_on(struct exec_io *io, struct source *source) {
  char data[CHUNK];
  ssize_t got = read(source->watch.fd, data, sizeof data);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return GOT_NOTHING;
  if (got <= 0) {
    loop_close(io->loop, &source->watch);
    return GOT_END;
  }
  int64_t shown = got < source->room ? got : source->room;
  source->room -= shown;
  if (shown < got) io->truncated = true;
  if (shown > 0 && io->conn != NULL && !io->silent) {
    struct wire_out *out = &io->conn->out;
    wire_begin(out, source->type, io->request);
    wire_bytes(out, TAG_DATA, data, (size_t)shown);
    wire_end(out);
    conn_flush(io->conn);
  }
  return GOT_DATA;
}

void exec_sync_pause(struct exec_io *io, bool paused) {
  for (int i = 0; i < 2; i++) loop_watch(io->loop, &io->sources[i].watch, paused ? 0 : EPOLLIN);
}

static void readable(struct watch *watch, uint32_t events) {
  (void)events;
  struct exec_io *io = watch->owner;
  struct source *source = watch == &io->sources[0].watch ? &io->sources[0] : &io->sources[1];
  pass_on(io, source);
  if (io->conn != NULL && conn_backlog(io->conn) > BACKLOG_MAX) exec_sync_pause(io, true);
  if (io->ended && io->sources[0].watch.fd < 0 && io->sources[1].watch.fd < 0) io->complete(io);
}

void exec_sync_begin(struct exec_io *io, const int ours[3], int64_t limit) {
  for (int i = 0; i < 2; i++)
    io->sources[i] = (struct source){
        .watch = {.fd = ours[i + 1], .ready = readable, .owner = io},
        .type = i == 0 ? REPLY_STDOUT : REPLY_STDERR,
        .room = limit,
    };
}

bool exec_sync_drain(struct exec_io *io) {
  bool all = true;
  for (int i = 0; i < 2; i++) {
    struct source *source = &io->sources[i];
    for (int reads = 0; source->watch.fd >= 0 && reads < DRAIN_READS; reads++)
      if (pass_on(io, source) != GOT_DATA) break;
    all = all && source->watch.fd < 0;
  }
  return all;
}

bool exec_stream_prepare(struct exec_io *io, bool with_stdin) {
  for (int i = with_stdin ? 0 : 1; i < (io->tty ? 2 : 3); i++) {
    int ends[2];
    if (!relay_reserve(&io->relays[i]) || pipe2(ends, O_CLOEXEC) != 0) return false;
    fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
    io->client_ends[i] = ends[i == 0];
    /* The relay's own end waits here until there is something to connect it to. */
    *(i == 0 ? &io->relays[i].from.fd : &io->relays[i].to.fd) = ends[i != 0];
  }
  return true;
}

static void one_ended(struct relay *relay) {
  struct exec_io *io = relay->owner;
  if (io->ended && exec_stream_ended(io)) io->complete(io);
}

void exec_stream_begin(struct exec_io *io, const int ours[3]) {
  for (int i = 0; i < 3; i++) {
    struct relay *relay = &io->relays[i];
    int mine = i == 0 ? relay->from.fd : relay->to.fd;
    if (mine < 0) continue;
    int process = ours[i];
    if (io->tty) process = fcntl(io->terminal, F_DUPFD_CLOEXEC, 3);
    if (process < 0) continue;
    if (i == 0)
      relay_start(relay, io->loop, mine, process, one_ended, io);
    else
      relay_start(relay, io->loop, process, mine, one_ended, io);
  }
}

bool exec_stream_ended(const struct exec_io *io) {
  return !relay_active(&io->relays[1]) && !relay_active(&io->relays[2]);
}

void exec_stream_end(struct exec_io *io) {
  relay_stop(&io->relays[0]);
  /* Either may finish the exec, so the second is only touched while the first leaves it alive. */
  bool second = relay_active(&io->relays[2]);
  if (relay_active(&io->relays[1])) {
    relay_end(&io->relays[1]);
    if (second) relay_end(&io->relays[2]);
  } else if (second) {
    relay_end(&io->relays[2]);
  }
}

void exec_io_close(struct exec_io *io) {
  for (int i = 0; i < 2; i++) loop_close(io->loop, &io->sources[i].watch);
  for (int i = 0; i < 3; i++) {
    relay_stop(&io->relays[i]);
    close_owned(&io->client_ends[i]);
  }
  close_owned(&io->terminal);
}

void exec_io_init(struct exec_io *io, struct conn *conn, uint32_t request, bool tty,
                  void (*complete)(struct exec_io *io), void *owner) {
  *io = (struct exec_io){
      .loop = conn->conns->loop,
      .conn = conn,
      .request = request,
      .tty = tty,
      .client_ends = {-1, -1, -1},
      .terminal = -1,
      .complete = complete,
      .owner = owner,
  };
  for (int i = 0; i < 2; i++) io->sources[i].watch.fd = -1;
  for (int i = 0; i < 3; i++) io->relays[i] = RELAY_NONE;
}
