#include "output.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "attach.h"

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
  if (block == MAP_FAILED) die("cannot reserve %zu bytes: %m", size);
  return block;
}

static void give_back(char *block, size_t kept, size_t size) {
  size_t from = (kept + PAGE - 1) & ~(size_t)(PAGE - 1);
  if (from < size) madvise(block + from, size - from, MADV_DONTNEED);
}

static void went_idle(struct timer *timer) {
  struct shim *shim = timer->owner;
  struct output *outputs[] = {&shim->out, &shim->err};
  for (int i = 0; i < 2; i++) {
    if (outputs[i]->touched > outputs[i]->held)
      give_back(outputs[i]->buffer, outputs[i]->held, BUFFER_SIZE);
    outputs[i]->touched = 0;
  }
  give_back(shim->lines, 0, LINES_SIZE);
  if (!log_file_tell_dropped(&shim->log)) timer_arm(&shim->loop, &shim->idle, IDLE_MILLIS);
}

static void log_text(struct shim *shim, struct output *output, size_t length, bool end) {
  if (shim->log.fd < 0) {
    output->held = 0;
    return;
  }
  char *text = output->buffer;
  log_format_stamp(&output->format, now_wall_nanos());
  while (length > 0) {
    size_t produced = 0;
    size_t used =
        log_format_text(&output->format, text, length, end, shim->lines, LINES_SIZE, &produced);
    if (used == 0) break;
    log_file_write(&shim->log, shim->lines, produced);
    text += used;
    length -= used;
  }
  if (length > 0 && text != output->buffer) memmove(output->buffer, text, length);
  output->held = length;
}

static void finish_line(struct shim *shim, struct output *output) {
  if (output->held > 0) log_text(shim, output, output->held, true);
  output->held = 0;
}

enum outcome { GOT_DATA, GOT_ALL, GOT_NOTHING, GOT_END };

static enum outcome read_some(struct shim *shim, struct output *output) {
  char *at = output->buffer + output->held;
  ssize_t got = read(output->watch.fd, at, READ_SIZE);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return GOT_NOTHING;
  if (got <= 0) return GOT_END; /* EIO: nobody holds the other side of the terminal */
  attach_output(shim, output->error, at, (size_t)got);
  size_t length = output->held + (size_t)got;
  if (length > output->touched) output->touched = length;
  log_text(shim, output, length, false);
  output->gathered += (size_t)got;
  return got < READ_SIZE && !shim->options.terminal ? GOT_ALL : GOT_DATA;
}

static void ended(struct shim *shim, struct output *output) {
  finish_line(shim, output);
  if (shim->options.terminal && shim->state != STATE_EXITED) {
    /* A process may open the terminal again, and would block if nobody read what it writes. */
    loop_watch(&shim->loop, &output->watch, 0);
    timer_arm(&shim->loop, &output->retry, RETRY_MILLIS);
    return;
  }
  loop_close(&shim->loop, &output->watch);
  attach_output_ended(shim, output->error);
}

/* Whoever writes line by line would wake us for each of them. The first is served at once; when
 * more follow within a millisecond they gather in the pipe for another. A terminal holds too little
 * for that. */
static void gather(struct shim *shim, struct output *output) {
  int64_t now = now_monotonic_millis();
  bool busy = now - output->last_read <= GATHER_MILLIS;
  output->last_read = now;
  if (!busy || output->gathered >= SMALL || shim->options.terminal) return;
  loop_watch(&shim->loop, &output->watch, 0);
  timer_arm(&shim->loop, &output->retry, GATHER_MILLIS);
}

static void readable(struct watch *watch, uint32_t events) {
  (void)events;
  struct shim *shim = watch->owner;
  struct output *output = watch == &shim->out.watch ? &shim->out : &shim->err;
  struct output *other = output == &shim->out ? &shim->err : &shim->out;
  /* What the other stream gathers was written before: it keeps its place in the log. */
  if (other->retry.armed && !shim->options.terminal) read_some(shim, other);
  output->gathered = 0;
  for (int i = 0; i < READS_A_TURN; i++) {
    enum outcome outcome = read_some(shim, output);
    if (outcome == GOT_END) ended(shim, output);
    if (outcome != GOT_DATA) break;
  }
  gather(shim, output);
  if (!shim->idle.armed) timer_arm(&shim->loop, &shim->idle, IDLE_MILLIS);
}

static void look_again(struct timer *timer) {
  struct output *output = timer->owner;
  struct shim *shim = output->watch.owner;
  loop_watch(&shim->loop, &output->watch, EPOLLIN);
}

static void init_one(struct shim *shim, struct output *output, bool error) {
  *output = (struct output){
      .watch = {.fd = -1, .ready = readable, .owner = shim},
      .retry = {.fired = look_again, .owner = output},
      .error = error,
      .buffer = reserve(BUFFER_SIZE),
  };
  log_format_init(&output->format, error ? "stderr" : "stdout", shim->options.terminal);
}

void output_init(struct shim *shim) {
  init_one(shim, &shim->out, false);
  init_one(shim, &shim->err, true);
  shim->lines = reserve(LINES_SIZE);
  shim->idle = (struct timer){.fired = went_idle, .owner = shim};
}

void output_adopt(struct shim *shim, struct output *output, int fd) {
  loop_close(&shim->loop, &output->watch);
  output->watch.fd = fd;
  output->held = 0;
}

void output_begin(struct shim *shim) {
  loop_watch(&shim->loop, &shim->out.watch, EPOLLIN);
  loop_watch(&shim->loop, &shim->err.watch, EPOLLIN);
}

void output_drain(struct shim *shim) {
  struct output *outputs[] = {&shim->out, &shim->err};
  for (int i = 0; i < 2; i++) {
    if (outputs[i]->watch.fd < 0) continue;
    /* Bounded: a process that shares the stream and never stops writing must not hold us here. */
    for (int reads = 0; reads < 512; reads++) {
      enum outcome outcome = read_some(shim, outputs[i]);
      if (outcome == GOT_END) ended(shim, outputs[i]);
      if (outcome == GOT_END || outcome == GOT_NOTHING) break;
    }
    finish_line(shim, outputs[i]);
  }
  log_file_tell_dropped(&shim->log);
  if (!shim->idle.armed) timer_arm(&shim->loop, &shim->idle, IDLE_MILLIS);
}

void output_discard(struct shim *shim, char *tail, size_t capacity) {
  struct output *outputs[] = {&shim->out, &shim->err};
  tail[0] = '\0';
  for (int i = 0; i < 2; i++) {
    if (outputs[i]->watch.fd < 0) continue;
    ssize_t got;
    while ((got = read(outputs[i]->watch.fd, outputs[i]->buffer, READ_SIZE)) > 0) {
      size_t shown = (size_t)got < capacity - 1 ? (size_t)got : capacity - 1;
      memcpy(tail, outputs[i]->buffer + (size_t)got - shown, shown);
      tail[shown] = '\0';
      outputs[i]->touched = BUFFER_SIZE;
    }
    loop_close(&shim->loop, &outputs[i]->watch);
    outputs[i]->held = 0;
  }
}

void output_close(struct shim *shim) {
  struct output *outputs[] = {&shim->out, &shim->err};
  for (int i = 0; i < 2; i++) {
    finish_line(shim, outputs[i]);
    timer_disarm(&shim->loop, &outputs[i]->retry);
    loop_close(&shim->loop, &outputs[i]->watch);
  }
  log_file_tell_dropped(&shim->log);
}
