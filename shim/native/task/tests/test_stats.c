#include "check.h"
#include "stats.h"

static char line[4096];

static bool format(const char *type, const struct proto *metrics, struct refusal *refusal) {
  struct proto any PROTO = {0};
  proto_text(&any, 1, type);
  proto_message(&any, 2, metrics);
  return stats_format("c", (struct view){any.bytes, any.length}, line, sizeof line, refusal);
}

static void version_1(void) {
  struct proto metrics PROTO = {0}, pids PROTO = {0}, cpu PROTO = {0}, usage PROTO = {0};
  struct proto memory PROTO = {0}, entry PROTO = {0};
  struct refusal refusal;
  proto_number(&pids, 1, 3);
  proto_message(&metrics, 2, &pids);
  proto_number(&usage, 1, 5000);
  proto_message(&cpu, 1, &usage);
  proto_message(&metrics, 3, &cpu);
  proto_number(&memory, 19, 77);
  proto_number(&memory, 30, 66);
  proto_number(&entry, 1, 2000);
  proto_number(&entry, 2, 1000);
  proto_message(&memory, 33, &entry);
  proto_message(&metrics, 4, &memory);
  CHECK(format("io.containerd.cgroups.v1.Metrics", &metrics, &refusal), "%s", refusal.text);
  CHECK_TEXT(line,
             "{\"type\":\"stats\",\"id\":\"c\",\"data\":{\"cpu\":{\"usage\":{\"total\":5000}},"
             "\"memory\":{\"usage\":{\"usage\":1000,\"limit\":2000},\"raw\":{\"cache\":0,"
             "\"rss\":0,\"mapped_file\":0,\"inactive_file\":0,\"total_cache\":0,\"total_rss\":77,"
             "\"total_mapped_file\":0,\"total_pgfault\":0,\"total_pgmajfault\":0,"
             "\"total_inactive_file\":66,\"total_active_file\":0}},\"pids\":{\"current\":3}}}");
}

static void version_2(void) {
  struct proto metrics PROTO = {0}, pids PROTO = {0}, cpu PROTO = {0}, memory PROTO = {0};
  struct refusal refusal;
  proto_number(&pids, 1, 3);
  proto_message(&metrics, 1, &pids);
  proto_number(&cpu, 1, 5);
  proto_message(&metrics, 2, &cpu);
  proto_number(&memory, 1, 77);
  proto_number(&memory, 13, 66);
  proto_number(&memory, 32, 1000);
  proto_number(&memory, 33, 2000);
  proto_message(&metrics, 4, &memory);
  CHECK(format("types.x/io.containerd.cgroups.v2.Metrics", &metrics, &refusal));
  CHECK_TEXT(line,
             "{\"type\":\"stats\",\"id\":\"c\",\"data\":{\"cpu\":{\"usage\":{\"total\":5000}},"
             "\"memory\":{\"usage\":{\"usage\":1000,\"limit\":2000},\"raw\":{\"anon\":77,"
             "\"file\":0,\"file_mapped\":0,\"inactive_file\":66,\"active_file\":0,\"pgfault\":0,"
             "\"pgmajfault\":0}},\"pids\":{\"current\":3}}}");
  CHECK(!format("io.containerd.cgroups.v3.Metrics", &metrics, &refusal));
  CHECK_TEXT(refusal.text,
             "the shim has metrics of an unknown type: io.containerd.cgroups.v3.Metrics");
  CHECK(!format(NULL, &metrics, &refusal));
}

int main(void) {
  version_1();
  version_2();
  return 0;
}
