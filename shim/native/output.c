#include "output.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
  READ_SIZE = 128 * 1024,
  BUFFER_SIZE = LOG_PIECE + READ_SIZE,
  LINES_SIZE = 256 * 1024,
  READS_A_TURN = 8,
  PAGE = 4096,
  IDLE_MILLIS = 1000,
  RETRY_MILLIS = 250,
  SMALL = 2048,
  GATHER_MILLIS = 1,
};

/* Address space only: pages come with their first use and go again when the stream is idle. */
static char *reserve(size_t size) {
  void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) die("memory", errno, "cannot reserve %zu bytes", size);
  return block;
}

static void give_back(char *block, size_t kept, size_t size) {
  size_t from = (kept + PAGE - 1) & ~(size_t)(PAGE - 1);
  if (from < size) madvise(block + from, size - from, MADV_DONTNEED);
}

static void went_idle(struct timer *timer) {
  struct output *output = timer->owner;
  struct stream *streams[] = {&output->out, &output->err};
  for (int i = 0; i < 2; i++) {
    if (streams[i]->touched > streams[i]->held)
      give_back(streams[i]->buffer, streams[i]->held, BUFFER_SIZE);
    streams[i]->touched = 0;
  }
  give_back(output->lines, 0, LINES_SIZE);
  if (!log_file_tell_dropped(&output->log)) timer_arm(output->loop, &output->idle, IDLE_MILLIS);
}

static void log_text(struct output *output, struct stream *stream, size_t length, bool end) {
  if (output->log.fd < 0) {
    stream->held = 0;
    return;
  }
  char *text = stream->buffer;
  log_format_stamp(&stream->format, now_wall_nanos());
  while (length > 0) {
    size_t produced = 0;
    size_t used =
        log_format_text(&stream->format, text, length, end, output->lines, LINES_SIZE, &produced);
    if (used == 0) break;
    log_file_write(&output->log, output->lines, produced);
    text += used;
    length -= used;
  }
  if (length > 0 && text != stream->buffer) memmove(stream->buffer, text, length);
  stream->held = length;
}

static void finish_line(struct output *output, struct stream *stream) {
  if (stream->held > 0) log_text(output, stream, stream->held, true);
  stream->held = 0;
}

enum outcome { GOT_DATA, GOT_ALL, GOT_NOTHING, GOT_END };

static enum outcome read_some(struct output *output, struct stream *stream) {
  char *at = stream->buffer + stream->held;
  ssize_t got = read(stream->watch.fd, at, READ_SIZE);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return GOT_NOTHING;
  if (got <= 0) return GOT_END; /* EIO: nobody holds the other side of the terminal */
  attach_output(output->attaches, stream->error, at, (size_t)got);
  size_t length = stream->held + (size_t)got;
  if (length > stream->touched) stream->touched = length;
  log_text(output, stream, length, false);
  stream->gathered += (size_t)got;
  return got < READ_SIZE && !output->terminal ? GOT_ALL : GOT_DATA;
}

static void ended(struct output *output, struct stream *stream) {
  finish_line(output, stream);
  if (output->terminal && !output->last) {
    /* A process may open the terminal again, and would block if nobody read what it writes. */
    loop_watch(output->loop, &stream->watch, 0);
    timer_arm(output->loop, &stream->retry, RETRY_MILLIS);
    return;
  }
  loop_close(output->loop, &stream->watch);
  attach_output_ended(output->attaches, stream->error);
}

/* Whoever writes line by line would wake us for each of them. The first is served at once; when
 * more follow within a millisecond they gather in the pipe for another. A terminal holds too little
 * for that. */
static void gather(struct output *output, struct stream *stream) {
  int64_t now = now_monotonic_millis();
  bool busy = now - stream->last_read <= GATHER_MILLIS;
  stream->last_read = now;
  if (!busy || stream->gathered >= SMALL || output->terminal) return;
  loop_watch(output->loop, &stream->watch, 0);
  timer_arm(output->loop, &stream->retry, GATHER_MILLIS);
}

static void readable(struct watch *watch, uint32_t events) {
  (void)events;
  struct output *output = watch->owner;
  struct stream *stream = watch == &output->out.watch ? &output->out : &output->err;
  struct stream *other = stream == &output->out ? &output->err : &output->out;
  /* What the other stream gathers was written before: it keeps its place in the log. */
  if (other->retry.armed && !output->terminal) read_some(output, other);
  stream->gathered = 0;
  for (int i = 0; i < READS_A_TURN; i++) {
    enum outcome outcome = read_some(output, stream);
    if (outcome == GOT_END) ended(output, stream);
    if (outcome != GOT_DATA) break;
  }
  gather(output, stream);
  if (!output->idle.armed) timer_arm(output->loop, &output->idle, IDLE_MILLIS);
}

static void look_again(struct timer *timer) {
  struct stream *stream = timer->owner;
  struct output *output = stream->watch.owner;
  /* Without the kernel's memory it is tried again: a container must not wait for a reader for ever.
   */
  if (!loop_watch(output->loop, &stream->watch, EPOLLIN))
    timer_arm(output->loop, &stream->retry, RETRY_MILLIS);
}

static void init_one(struct output *output, struct stream *stream, bool error) {
  *stream = (struct stream){
      .watch = {.fd = -1, .ready = readable, .owner = output},
      .retry = {.fired = look_again, .owner = stream},
      .error = error,
      .buffer = reserve(BUFFER_SIZE),
  };
  log_format_init(&stream->format, error ? "stderr" : "stdout", output->terminal);
}

void output_init(struct output *output, struct loop *loop, struct attaches *attaches,
                 bool terminal) {
  *output = (struct output){
      .loop = loop,
      .attaches = attaches,
      .terminal = terminal,
      .log = {.fd = -1},
      .idle = {.fired = went_idle, .owner = output},
      .lines = reserve(LINES_SIZE),
  };
  init_one(output, &output->out, false);
  init_one(output, &output->err, true);
}

void output_adopt(struct output *output, struct stream *stream, int fd) {
  loop_close(output->loop, &stream->watch);
  stream->watch.fd = fd;
  stream->held = 0;
}

void output_begin(struct output *output) {
  look_again(&output->out.retry);
  look_again(&output->err.retry);
}

bool output_ended(struct output *output) {
  output->last = true;
  return output->out.watch.fd < 0 && output->err.watch.fd < 0;
}

void output_drain(struct output *output) {
  output->last = true;
  struct stream *streams[] = {&output->out, &output->err};
  for (int i = 0; i < 2; i++) {
    if (streams[i]->watch.fd < 0) continue;
    /* Bounded: a process that shares the stream and never stops writing must not hold us here. */
    for (int reads = 0; reads < 512; reads++) {
      enum outcome outcome = read_some(output, streams[i]);
      if (outcome == GOT_END) ended(output, streams[i]);
      if (outcome == GOT_END || outcome == GOT_NOTHING) break;
    }
    finish_line(output, streams[i]);
  }
  log_file_tell_dropped(&output->log);
  if (!output->idle.armed) timer_arm(output->loop, &output->idle, IDLE_MILLIS);
}

void output_discard(struct output *output, char *tail, size_t capacity) {
  struct stream *streams[] = {&output->out, &output->err};
  tail[0] = '\0';
  for (int i = 0; i < 2; i++) {
    if (streams[i]->watch.fd < 0) continue;
    ssize_t got;
    while ((got = read(streams[i]->watch.fd, streams[i]->buffer, READ_SIZE)) > 0) {
      size_t shown = (size_t)got < capacity - 1 ? (size_t)got : capacity - 1;
      memcpy(tail, streams[i]->buffer + (size_t)got - shown, shown);
      tail[shown] = '\0';
      streams[i]->touched = BUFFER_SIZE;
    }
    loop_close(output->loop, &streams[i]->watch);
    streams[i]->held = 0;
  }
}

void output_close(struct output *output) {
  struct stream *streams[] = {&output->out, &output->err};
  for (int i = 0; i < 2; i++) {
    finish_line(output, streams[i]);
    timer_disarm(output->loop, &streams[i]->retry);
    loop_close(output->loop, &streams[i]->watch);
  }
  log_file_tell_dropped(&output->log);
}
