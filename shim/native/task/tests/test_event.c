/* What a shim tells: read, kept, and taken out of a stream of bytes. */
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "event.h"
#include "inbox.h"

static char root[64];

/* A Forward's payload. */
static void forward(struct proto *to, const char *topic, const char *id, const char *second) {
  struct proto told PROTO = {0}, any PROTO = {0};
  proto_text(&told, 1, id);
  proto_text(&told, 2, second);
  proto_text(&any, 1, "containerd.events.Whatever");
  proto_message(&any, 2, &told);
  event_envelope(to, "ns", topic, (struct view){any.bytes, any.length});
}

static enum event_kind kind_of(const char *topic, const char *id, const char *second) {
  struct proto payload PROTO = {0};
  struct event event;
  forward(&payload, topic, id, second);
  event_parse((struct view){payload.bytes, payload.length}, &event);
  if (event.kind != EVENT_OTHER) CHECK_TEXT(event.id, id);
  return event.kind;
}

static void reads_events(void) {
  char longest[131];
  memset(longest, 'a', sizeof longest);
  longest[128] = '\0';
  CHECK(kind_of("/tasks/oom", "c1", NULL) == EVENT_OOM);
  CHECK(kind_of("/tasks/oom", longest, NULL) == EVENT_OOM);
  CHECK(kind_of("/tasks/exit", "c1", "c1") == EVENT_EXIT);
  /* An exec's. */
  CHECK(kind_of("/tasks/exit", "c1", "4711") == EVENT_OTHER);
  CHECK(kind_of("/tasks/start", "c1", "c1") == EVENT_OTHER);
  CHECK(kind_of("/tasks/oom/", "c1", NULL) == EVENT_OTHER);
  CHECK(kind_of("/tasks/oom", NULL, NULL) == EVENT_OTHER);
  CHECK(kind_of("/tasks/oom", "..", NULL) == EVENT_OTHER);
  CHECK(kind_of("/tasks/oom", "a/b", NULL) == EVENT_OTHER);
  longest[128] = 'a';
  longest[129] = '\0';
  CHECK(kind_of("/tasks/oom", longest, NULL) == EVENT_OTHER);
  struct proto payload PROTO = {0}, nul PROTO = {0}, any PROTO = {0};
  struct event event;
  proto_block(&nul, 1, "c1\0x", 4);
  proto_message(&any, 2, &nul);
  event_envelope(&payload, "ns", "/tasks/oom", (struct view){any.bytes, any.length});
  event_parse((struct view){payload.bytes, payload.length}, &event);
  CHECK(event.kind == EVENT_OTHER);
}

static void keep(const char *sandbox, enum event_kind kind, const char *id) {
  struct event event = {.kind = kind};
  (void)snprintf(event.id, sizeof event.id, "%s", id);
  event_keep(root, sandbox, &event);
}

static void keeps_what_is_of_the_sandbox(void) {
  struct record record = {.id = "c1", .sandbox = "s1", .bundle = "/b"};
  struct refusal refusal;
  char path[96];
  struct stat status;
  CHECK(record_make(root, &record, &refusal), "%s", refusal.text);
  keep("s2", EVENT_OOM, "c1");
  CHECK(!event_kept(root, "c1", EVENT_OOM));
  keep("s1", EVENT_OTHER, "c1");
  keep("s1", EVENT_EXIT, "c1");
  CHECK(!event_kept(root, "c1", EVENT_OOM) && event_kept(root, "c1", EVENT_EXIT));
  for (int i = 0; i < 100; i++) keep("s1", EVENT_OOM, "c1");
  CHECK(event_kept(root, "c1", EVENT_OOM));
  (void)snprintf(path, sizeof path, "%s/c1/events", root);
  CHECK(stat(path, &status) == 0 && status.st_size == 9);
  record_remove(root, "c1");
  (void)snprintf(path, sizeof path, "%s/c1", root);
  CHECK(access(path, F_OK) != 0);
  /* Of one that is gone nothing is kept. */
  keep("s1", EVENT_OOM, "c1");
  CHECK(access(path, F_OK) != 0);
}

static void put_frame(uint8_t *bytes, size_t *length, uint32_t size, uint32_t stream) {
  uint8_t *at = bytes + *length;
  for (int i = 0; i < 4; i++) {
    at[i] = (uint8_t)(size >> (24 - 8 * i));
    at[4 + i] = (uint8_t)(stream >> (24 - 8 * i));
  }
  at[8] = RPC_REQUEST;
  at[9] = 0;
  memset(at + RPC_HEADER_BYTES, (int)stream, size);
  *length += RPC_HEADER_BYTES + size;
}

/* The same messages come out, however the bytes come in. */
static void finds_messages_in_pieces(size_t piece) {
  static const uint32_t SIZES[] = {0, 1, INBOX_MESSAGE_MAX, 3, INBOX_MESSAGE_MAX + 1, 100000, 0, 7};
  enum { COUNT = sizeof SIZES / sizeof SIZES[0] };
  static uint8_t bytes[200000];
  static struct inbox inbox;
  size_t length = 0, seen = 0;
  for (uint32_t i = 0; i < COUNT; i++) put_frame(bytes, &length, SIZES[i], i + 1);
  inbox = (struct inbox){0};
  for (size_t at = 0; at < length;) {
    size_t room;
    uint8_t *next = inbox_room(&inbox, &room);
    CHECK(room > 0 && next + room == inbox.bytes + sizeof inbox.bytes);
    size_t count = piece < room ? piece : room;
    if (count > length - at) count = length - at;
    memcpy(next, bytes + at, count);
    inbox.length += count;
    at += count;
    struct rpc_header header;
    struct view message;
    enum inbox_result result;
    while ((result = inbox_next(&inbox, &header, &message)) == INBOX_MESSAGE) {
      CHECK(header.stream == seen + 1 && header.length == SIZES[seen]);
      CHECK(message.length == (header.length > INBOX_MESSAGE_MAX ? 0 : header.length));
      for (size_t i = 0; i < message.length; i++) CHECK(message.data[i] == header.stream);
      seen++;
    }
    CHECK(result == INBOX_MORE);
  }
  CHECK(seen == COUNT);
}

static void refuses_what_is_no_ttrpc(void) {
  static struct inbox inbox;
  struct rpc_header header;
  struct view message;
  memcpy(inbox.bytes, "GET / HTTP/1.0\r\n", 16);
  inbox.length = 16;
  CHECK(inbox_next(&inbox, &header, &message) == INBOX_BROKEN);
}

int main(void) {
  (void)snprintf(root, sizeof root, "/tmp/jct-event-%d", (int)getpid());
  reads_events();
  keeps_what_is_of_the_sandbox();
  finds_messages_in_pieces(1);
  finds_messages_in_pieces(9);
  finds_messages_in_pieces(5000);
  finds_messages_in_pieces(200000);
  refuses_what_is_no_ttrpc();
  CHECK(rmdir(root) == 0);
  return 0;
}
