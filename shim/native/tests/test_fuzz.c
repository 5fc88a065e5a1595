/* Mutated inputs for everything that parses what others wrote, under the sanitizers. The seed is
 * fixed, so that a failure comes again; give another as the second argument. */
#include "cgroup.h"
#include "check.h"
#include "log_format.h"
#include "runtime_log.h"
#include "tree.h"
#include "wire.h"

static uint64_t state;

static size_t below(size_t limit) { return (size_t)(next_random(&state) % limit); }

/* A copy of exact size, so that the sanitizer sees every byte too far. */
static char *mutated(const char *seed, size_t seed_length, size_t *length) {
  char *text = malloc(seed_length + 17);
  CHECK(text != NULL);
  memcpy(text, seed, seed_length);
  *length = seed_length;
  for (size_t changes = below(6); changes > 0 && *length > 0; changes--) {
    size_t at = below(*length);
    switch (below(4)) {
      case 0:
        text[at] = (char)next_random(&state);
        break;
      case 1:
        text[at] = "\"\\{}:,\n\r )/u0"[below(13)];
        break;
      case 2:
        *length = at;
        break;
      default:
        if (*length < seed_length + 16) {
          memmove(text + at + 1, text + at, *length - at);
          (*length)++;
        }
    }
  }
  char *exact = malloc(*length + 1);
  CHECK(exact != NULL);
  memcpy(exact, text, *length);
  exact[*length] = '\0';
  free(text);
  return exact;
}

static void fuzz_wire(void) {
  struct wire_out out = {0};
  wire_begin(&out, REQUEST_EXEC_SYNC, 1);
  wire_text(&out, TAG_PROCESS, "{}");
  wire_number(&out, TAG_TIMEOUT_MILLIS, 1000);
  wire_end(&out);
  size_t length;
  char *bytes = mutated((const char *)wire_data(&out) + WIRE_HEADER_BYTES,
                        out.length - WIRE_HEADER_BYTES, &length);
  struct frame frame = {.version = 1, .type = 1, .length = length, .body = (uint8_t *)bytes};
  bool valid = wire_body_valid(&frame);
  const uint8_t *data;
  for (int tag = 0; tag < 32; tag++) {
    size_t size;
    wire_find_number(&frame, (enum wire_number)tag, 0);
    if (wire_find(&frame, (enum wire_number)tag, &data, &size) && valid)
      CHECK(data + size <= frame.body + frame.length);
  }
  free(bytes);
  free(out.more);
}

static void fuzz_texts(void) {
  static const char LOG[] =
      "{\"level\":\"error\",\"msg\":\"a \\u00e9 \\\\ \\\" "
      "b\",\"time\":\"t\"}\n{\"n\":[1],\"msg\":\"x\"}\n";
  static const char STAT[] = "12 (a) b) S 1 2 3 0 -1 4 10 0 0 0 1 2 3 4 20 0 1 0 987654 5 6";
  static const char GROUPS[] = "9:name=systemd:/a\n4:cpu,memory:/a/b\n0::/a/b\n";
  static const char MOUNTS[] =
      "31 22 0:26 /a /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n33 2 0:2 / /c rw - "
      "cgroup2 x rw\n";
  char text[40];
  size_t length, size;
  char *input = mutated(LOG, sizeof LOG - 1, &length);
  if (runtime_log_error(input, length, text, sizeof text)) CHECK(strlen(text) < sizeof text);
  free(input);
  struct process process;
  input = mutated(STAT, sizeof STAT - 1, &length);
  tree_parse_stat(input, &process);
  free(input);
  input = mutated(GROUPS, sizeof GROUPS - 1, &length);
  const char *path = cgroup_path(input, below(2) ? "memory" : "", &size);
  if (path != NULL) CHECK(path + size <= input + length);
  cgroup_counter(input, "4");
  char *mounts = mutated(MOUNTS, sizeof MOUNTS - 1, &length);
  free(cgroup_mounted(mounts, below(2) ? "memory" : "", "/a/b", 4));
  free(mounts);
  free(input);
}

/* Puts the container's bytes back together from formatted lines. */
static size_t restored(const char *lines, size_t length, char *text) {
  size_t size = 0;
  while (length > 0) {
    const char *newline = memchr(lines + LOG_PREFIX, '\n', length - LOG_PREFIX);
    CHECK(newline != NULL && memcmp(lines + 30, " stdout ", 8) == 0 &&
          lines[LOG_PREFIX - 1] == ' ');
    size_t shown = (size_t)(newline - lines) - LOG_PREFIX;
    CHECK(shown <= LOG_PIECE);
    memcpy(text + size, lines + LOG_PREFIX, shown);
    size += shown;
    if (lines[LOG_PREFIX - 2] == 'F') text[size++] = '\n';
    length -= LOG_PREFIX + shown + 1;
    lines = newline + 1;
  }
  return size;
}

/* Cuts random text into random reads, with an output buffer of random size: what comes out of the
 * log is what went in, byte for byte. */
static void fuzz_splitter(void) {
  enum { TEXT = 96 * 1024, LINES = TEXT * (LOG_PREFIX + 2) };
  static char text[TEXT], back[TEXT + 1], lines[LINES], buffer[LOG_LINE_MAX + 4096];
  size_t total = below(TEXT), rarity = (size_t[]){2, 80, 5000, 40000}[below(4)];
  for (size_t i = 0; i < total; i++) text[i] = below(rarity) == 0 ? '\n' : (char)('a' + i % 26);
  struct log_format format;
  log_format_init(&format, "stdout", false);
  size_t done = 0, available = 0, logged = 0, capacity = LOG_LINE_MAX + below(4096);
  while (available < total) {
    available += 1 + below(20000);
    if (available > total) available = total;
    for (;;) {
      size_t produced = 0;
      size_t used = log_format_text(&format, text + done, available - done, available == total,
                                    buffer, capacity, &produced);
      CHECK(produced <= capacity && logged + produced <= LINES);
      memcpy(lines + logged, buffer, produced);
      logged += produced;
      done += used;
      if (used == 0) break;
    }
    CHECK(available - done <= LOG_PIECE);
  }
  CHECK(done == total && log_format_payload(lines, logged) == total);
  CHECK(restored(lines, logged, back) == total && memcmp(back, text, total) == 0);
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
  state = argc > 2 ? strtoull(argv[2], NULL, 10) : 4711;
  for (long round = 0; round < rounds; round++) {
    fuzz_wire();
    fuzz_texts();
    if (round % 100 == 0) fuzz_splitter();
  }
  return 0;
}
