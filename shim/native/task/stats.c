#include "stats.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "verbs.h"

enum { LINE = 4096 };

/* The names of the kernel's memory.stat, and what fields of MemoryStat have them. */
struct stat_row {
  const char *name;
  uint32_t field;
};

static const struct stat_row ROWS_V1[] = {
    {"cache", 1},
    {"rss", 2},
    {"mapped_file", 4},
    {"inactive_file", 13},
    {"total_cache", 18},
    {"total_rss", 19},
    {"total_mapped_file", 21},
    {"total_pgfault", 26},
    {"total_pgmajfault", 27},
    {"total_inactive_file", 30},
    {"total_active_file", 31},
};
static const struct stat_row ROWS_V2[] = {
    {"anon", 1},         {"file", 2},     {"file_mapped", 7}, {"inactive_file", 13},
    {"active_file", 14}, {"pgfault", 18}, {"pgmajfault", 19},
};

struct text {
  char *bytes;
  size_t length, capacity;
};

static void put(struct text *text, const char *format, ...) PRINTF(2, 3);
static void put(struct text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int written =
      vsnprintf(text->bytes + text->length, text->capacity - text->length, format, arguments);
  va_end(arguments);
  if (written > 0 && (size_t)written < text->capacity - text->length)
    text->length += (size_t)written;
}

static void put_number(struct text *text, const char *name, uint64_t number) {
  put(text, "\"%s\":%llu", name, (unsigned long long)number);
}

static void put_rows(struct text *text, struct view memory, const struct stat_row *rows,
                     size_t count) {
  for (size_t i = 0; i < count; i++) {
    put(text, i == 0 ? "" : ",");
    put_number(text, rows[i].name, proto_find_number(memory, rows[i].field));
  }
}

static bool ends_with(struct view text, const char *end) {
  size_t length = strlen(end);
  return text.length >= length && memcmp(text.data + text.length - length, end, length) == 0;
}

bool stats_format(const char *id, struct view any, char *line, size_t capacity,
                  struct refusal *refusal) {
  struct view type = proto_find_block(any, 1), metrics = proto_find_block(any, 2);
  bool v1 = ends_with(type, "io.containerd.cgroups.v1.Metrics");
  if (!v1 && !ends_with(type, "io.containerd.cgroups.v2.Metrics")) {
    char name[128];
    proto_copy_text(type, name, sizeof name);
    return refuse(refusal, "the shim has metrics of an unknown type: %s", name);
  }
  struct view pids = proto_find_block(metrics, v1 ? 2 : 1);
  struct view cpu = proto_find_block(metrics, v1 ? 3 : 2);
  struct view memory = proto_find_block(metrics, 4);
  struct view entry = proto_find_block(memory, 33);
  uint64_t total = v1 ? proto_find_number(proto_find_block(cpu, 1), 1)
                      : proto_find_number(cpu, 1) * 1000; /* from µs */
  struct text text = {.bytes = line, .capacity = capacity};
  put(&text, "{\"type\":\"stats\",\"id\":\"%s\",\"data\":{\"cpu\":{\"usage\":{", id);
  put_number(&text, "total", total);
  put(&text, "}},\"memory\":{\"usage\":{");
  put_number(&text, "usage", v1 ? proto_find_number(entry, 2) : proto_find_number(memory, 32));
  put(&text, ",");
  put_number(&text, "limit", v1 ? proto_find_number(entry, 1) : proto_find_number(memory, 33));
  put(&text, "},\"raw\":{");
  if (v1)
    put_rows(&text, memory, ROWS_V1, sizeof ROWS_V1 / sizeof ROWS_V1[0]);
  else
    put_rows(&text, memory, ROWS_V2, sizeof ROWS_V2 / sizeof ROWS_V2[0]);
  put(&text, "}},\"pids\":{");
  put_number(&text, "current", proto_find_number(pids, 1));
  put(&text, "}}}");
  return true;
}

int verb_events(const struct arguments *arguments, struct refusal *refusal) {
  struct task task;
  struct proto request PROTO = {0};
  struct reply reply REPLY = {0};
  char line[LINE];
  if (!arguments->stats) {
    refuse(refusal, "events is only done with --stats");
    return 1;
  }
  if (!task_open(&task, arguments, refusal)) return 1;
  proto_text(&request, 1, task.record.id);
  int code = task_call(&task, "Stats", &request, ANSWER_MILLIS, &reply, refusal);
  if (code > RPC_OK) task_explain(&task, refusal);
  bool told = code == RPC_OK && stats_format(task.record.id, proto_find_block(reply.payload, 1),
                                             line, sizeof line, refusal);
  rpc_close(&task.rpc);
  if (told) (void)printf("%s\n", line);
  return told ? 0 : 1;
}
