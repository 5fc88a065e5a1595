/* Mutated inputs for everything that parses what a shim or a disk said, under the sanitizers. */
#include "check.h"
#include "event.h"
#include "inbox.h"
#include "json.h"
#include "record.h"
#include "rpc.h"
#include "shim_binary.h"
#include "stats.h"

static uint64_t state;

static size_t below(size_t limit) { return (size_t)(next_random(&state) % limit); }

/* A copy of exact size with a NUL after it, so that the sanitizer sees every byte too far. */
static char *mutated(const void *seed, size_t length, size_t *mutated_length) {
  char *text = malloc(length + 9);
  CHECK(text != NULL);
  memcpy(text, seed, length);
  for (size_t changes = below(6); changes > 0 && length > 0; changes--) {
    size_t at = below(length);
    if (below(4) == 0)
      length = at;
    else
      text[at] = below(2) == 0 ? (char)next_random(&state) : "\"\\{}:,\n=/u0\xff\x80"[below(13)];
  }
  char *exact = malloc(length + 1);
  CHECK(exact != NULL);
  memcpy(exact, text, length);
  exact[length] = '\0';
  free(text);
  *mutated_length = length;
  return exact;
}

static void walk(struct view message, int depth) {
  const uint8_t *end = message.data + message.length;
  for (struct proto_field field; proto_next(&message, &field);) {
    CHECK(field.block.length == 0 || field.block.data + field.block.length <= end);
    if (field.block.length > 0 && depth > 0) walk(field.block, depth - 1);
  }
}

static void fuzz_messages(void) {
  struct proto status PROTO = {0}, metrics PROTO = {0}, cpu PROTO = {0}, usage PROTO = {0};
  struct proto message PROTO = {0}, payload PROTO = {0};
  struct refusal refusal;
  proto_number(&status, 1, 5);
  proto_text(&status, 2, "no such container");
  proto_number(&usage, 1, UINT64_MAX);
  proto_message(&cpu, 1, &usage);
  proto_message(&metrics, 3, &cpu);
  proto_any(&payload, 1, "io.containerd.cgroups.v1.Metrics", &metrics);
  proto_message(&message, 1, &status);
  proto_message(&message, 2, &payload);
  size_t length;
  char *bytes = mutated(message.bytes, message.length, &length);
  struct view whole = {(const uint8_t *)bytes, length}, answer;
  walk(whole, 4);
  if (rpc_answer(whole, &answer, &refusal) == RPC_OK) {
    char line[4096];
    if (stats_format("id", proto_find_block(answer, 1), line, sizeof line, &refusal))
      CHECK(line[strlen(line) - 1] == '}');
  } else {
    CHECK(strlen(refusal.text) > 0);
  }
  free(bytes);
}

static void fuzz_texts(void) {
  static const char BOOTSTRAP[] =
      "{\"version\":3,\"address\":\"unix:///run/s/0\",\"protocol\":\"ttrpc\",\"x\":[{}]}";
  static const char RECORD[] = "id=a\nsandbox=a\naddress=unix:///x\nbundle=/b\nversion=3\npid=1\n";
  struct record record = {0};
  struct refusal refusal;
  size_t length;
  char *text = mutated(BOOTSTRAP, sizeof BOOTSTRAP - 1, &length);
  if (shim_read_bootstrap(text, &record, &refusal))
    CHECK(record.version >= 2 && record.version <= 3);
  char quoted[64];
  json_quoted(text, quoted, sizeof quoted);
  CHECK(strlen(quoted) < sizeof quoted);
  free(text);
  text = mutated(RECORD, sizeof RECORD - 1, &length);
  if (record_parse(text, &record)) CHECK(record.id[0] != '\0' && record.bundle[0] == '/');
  free(text);
}

/* A stream of requests to the listener, in pieces. */
static void fuzz_requests(void) {
  static struct inbox inbox;
  static uint8_t stream[4096];
  struct proto told PROTO = {0}, any PROTO = {0}, forward PROTO = {0}, request PROTO = {0};
  size_t length = 0;
  proto_text(&told, 1, "a");
  proto_text(&told, 2, "a");
  proto_any(&any, 1, "containerd.events.TaskExit", &told);
  event_envelope(&forward, "ns", "/tasks/exit",
                 proto_find_block((struct view){any.bytes, any.length}, 1));
  proto_text(&request, 1, EVENT_SERVICE);
  proto_text(&request, 2, "Forward");
  proto_message(&request, 3, &forward);
  for (size_t i = 0; i < 3; i++) {
    uint8_t *at = stream + length;
    memset(at, 0, RPC_HEADER_BYTES);
    at[3] = (uint8_t)request.length;
    at[7] = (uint8_t)i;
    at[8] = RPC_REQUEST;
    memcpy(at + RPC_HEADER_BYTES, request.bytes, request.length);
    length += RPC_HEADER_BYTES + request.length;
  }
  char *bytes = mutated(stream, length, &length);
  inbox = (struct inbox){0};
  for (size_t at = 0; at < length;) {
    size_t room;
    uint8_t *next = inbox_room(&inbox, &room);
    size_t count = 1 + below(length - at);
    CHECK(room > 0);
    if (count > room) count = room;
    memcpy(next, bytes + at, count);
    inbox.length += count;
    at += count;
    struct rpc_header header;
    struct view message;
    enum inbox_result result;
    while ((result = inbox_next(&inbox, &header, &message)) == INBOX_MESSAGE) {
      struct event event;
      CHECK(message.length <= INBOX_MESSAGE_MAX);
      event_parse(proto_find_block(message, 3), &event);
      CHECK(strlen(event.id) < sizeof event.id);
    }
    if (result == INBOX_BROKEN) break;
  }
  free(bytes);
}

int main(int argc, char **argv) {
  long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;
  state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
  for (long i = 0; i < rounds; i++) {
    fuzz_messages();
    fuzz_texts();
    fuzz_requests();
  }
  return 0;
}
