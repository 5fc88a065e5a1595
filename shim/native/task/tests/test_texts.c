/* What is read of texts: JSON, records, command lines, what a shim prints. */
#include <unistd.h>

#include "check.h"
#include "json.h"
#include "shim_binary.h"

static char value[64];

static const char *member(const char *text, const char *name) {
  return json_member(text, name, value, sizeof value) ? value : "(none)";
}

static void reads_json(void) {
  const char *text = " { \"a\" : \"x\" , \"b\":{\"a\":[1,{\"c\":\"}\"}]}, \"c\" : 12 ,\"d\":\"\"}";
  CHECK_TEXT(member(text, "a"), "x");
  CHECK_TEXT(member(text, "b"), "{\"a\":[1,{\"c\":\"}\"}]}");
  CHECK_TEXT(member(text, "c"), "12");
  CHECK_TEXT(member(text, "d"), "");
  CHECK_TEXT(member(text, "e"), "(none)");
  CHECK_TEXT(member("{\"a\":\"q\\\"\\\\\\n\"}", "a"), "q\"\\ ");
  static const char *const WRONG[] = {"",          "{",         "[]",         "{\"a\"}",
                                      "{\"a\":",   "{\"a\":\"", "{\"a\":}",   "{\"b\":1,}",
                                      "{\"b\":[}", "{b:1}",     "{\"b\":\"\\"};
  for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
    CHECK_TEXT(member(WRONG[i], "a"), "(none)");
  char long_value[256];
  memset(long_value, 'x', sizeof long_value);
  memcpy(long_value, "{\"a\":\"", 6);
  memcpy(long_value + 250, "\"}", 3);
  CHECK_TEXT(member(long_value, "a"), "(none)");
}

static void writes_json(void) {
  char quoted[32];
  CHECK_TEXT(json_quoted("a\"b\\c\n\x01", quoted, sizeof quoted), "\"a\\\"b\\\\c\\u000a\\u0001\"");
  for (size_t capacity = 12; capacity <= sizeof quoted; capacity++) {
    CHECK(strlen(json_quoted("\n\n\n\n\n\n\n\n\n\n", quoted, capacity)) < capacity);
    CHECK(quoted[strlen(quoted) - 1] == '"');
  }
}

static void reads_its_own_records(void) {
  struct record record = {.id = "a",
                          .sandbox = "s",
                          .address = "unix:///x=y",
                          .bundle = "/b c",
                          .version = 3,
                          .pid = 12,
                          .pid_start = 99,
                          .shim_pid = 13,
                          .shim_start = INT64_MAX,
                          .api = 1};
  char text[4096];
  struct record again;
  size_t length = record_format(&record, text, sizeof text);
  CHECK(length > 0 && record_parse(text, &again));
  CHECK(memcmp(&record, &again, sizeof record) == 0);
  for (size_t i = 0; i < length; i++) {
    char *cut = strndup(text, i);
    CHECK(!record_parse(cut, &again) || text[i - 1] == '\n', "cut at %zu", i);
    free(cut);
  }
  for (size_t i = 0; i < length; i++) CHECK(record_format(&record, text, i) == 0);
  CHECK(record_parse("id=a\nsandbox=a\nbundle=/b\nlater=1\n", &again));
  CHECK(!record_parse("id=a\nsandbox=a\nbundle=/b\npid=x\n", &again));
  CHECK(!record_parse("id=a\nsandbox=a\nbundle=b\n", &again));
}

static void keeps_records(void) {
  char root[64];
  (void)snprintf(root, sizeof root, "/tmp/jct-record-%d", (int)getpid());
  struct record record = {.id = "pod", .sandbox = "pod", .bundle = "/b"}, again;
  struct record second = {.id = "two", .sandbox = "pod", .bundle = "/b"};
  struct refusal refusal;
  CHECK(!record_read(root, "pod", &again));
  CHECK(record_make(root, &record, &refusal), "%s", refusal.text);
  CHECK(!record_make(root, &record, &refusal));
  CHECK_TEXT(refusal.text, "container with id pod exists already");
  record.pid = 4;
  CHECK(record_write(root, &record, &refusal) && record_read(root, "pod", &again));
  CHECK(again.pid == 4 && again.version == 0);
  CHECK(!record_read(root, "../pod", &again));
  CHECK(record_make(root, &second, &refusal));
  record_remove(root, "pod");
  record_remove(root, "two");
  CHECK(rmdir(root) == 0);
  struct record split = {.id = "pod", .sandbox = "pod", .bundle = "/b\nc"};
  CHECK(!record_make(root, &split, &refusal));
  CHECK(rmdir(root) == 0);
}

static bool parse(struct arguments *arguments, struct refusal *refusal, const char *line) {
  static char words[256];
  static char *argv[32];
  int argc = 1;
  (void)snprintf(words, sizeof words, "%s", line);
  argv[0] = words;
  for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) argv[argc++] = word;
  return arguments_parse(arguments, argc, argv, refusal);
}

static void reads_command_lines(void) {
  struct arguments arguments;
  struct refusal refusal;
  CHECK(parse(&arguments, &refusal,
              "--root /r --log=/l --log-format json --shim=/s --shim-option binary=/b "
              "--systemd-cgroup run --detach --bundle=/x --pid-file /p id"));
  CHECK_TEXT(arguments.root, "/r");
  CHECK_TEXT(arguments.log, "/l");
  CHECK_TEXT(arguments.shim, "/s");
  CHECK_TEXT(arguments.bundle, "/x");
  CHECK_TEXT(arguments_shim_option(&arguments, "binary"), "/b");
  CHECK(arguments_shim_option(&arguments, "bin") == NULL);
  CHECK(arguments.systemd_cgroup && arguments.detach && !arguments.force);
  CHECK(arguments.word_count == 2);
  CHECK_TEXT(arguments.words[1], "id");
  CHECK_TEXT(arguments.name_space, "jcri");
  CHECK(parse(&arguments, &refusal, "update --resources - id"));
  CHECK_TEXT(arguments.resources, "-");
  CHECK(!parse(&arguments, &refusal, "--nonsense run"));
  CHECK_TEXT(refusal.text, "unknown option --nonsense");
  CHECK(!parse(&arguments, &refusal, "run --bundle"));
  CHECK_TEXT(refusal.text, "option --bundle needs a value");
  CHECK(!parse(&arguments, &refusal, "run --detach=true"));
  CHECK(!parse(&arguments, &refusal, "kill a 9 more"));
  CHECK(arguments_signal("9") == 9 && arguments_signal("TERM") == 15);
  CHECK(arguments_signal("SIGKILL") == 9 && arguments_signal("sigint") == 2);
  CHECK(arguments_signal("0") == 0 && arguments_signal("65") == 0 && arguments_signal("X") == 0);
  CHECK(arguments_id_valid("a.B-9_") && !arguments_id_valid("..") && !arguments_id_valid("a/b"));
}

static void reads_what_a_shim_prints(void) {
  struct record record = {0};
  struct refusal refusal;
  CHECK(shim_read_bootstrap("unix:///run/s/abc", &record, &refusal));
  CHECK_TEXT(record.address, "unix:///run/s/abc");
  CHECK(record.version == 2);
  CHECK(shim_read_bootstrap("{\"version\":3,\"address\":\"unix:///a\",\"protocol\":\"ttrpc\"}",
                            &record, &refusal));
  CHECK_TEXT(record.address, "unix:///a");
  CHECK(record.version == 3);
  CHECK(!shim_read_bootstrap("{\"version\":3,\"address\":\"unix:///a\",\"protocol\":\"grpc\"}",
                             &record, &refusal));
  CHECK_TEXT(refusal.text, "the shim speaks grpc, jcri-task only ttrpc of versions 2 and 3");
  CHECK(record.address[0] == '\0');
  CHECK(!shim_read_bootstrap("{\"version\":4,\"address\":\"unix:///a\",\"protocol\":\"ttrpc\"}",
                             &record, &refusal));
  CHECK_TEXT(refusal.text, "the shim speaks version 4, jcri-task only ttrpc of versions 2 and 3");
  CHECK(!shim_read_bootstrap("", &record, &refusal));
  CHECK(!shim_read_bootstrap("something went wrong", &record, &refusal));
  CHECK(!shim_read_bootstrap("{\"version\":3}", &record, &refusal));
}

static void knows_the_options_of_each_shim(void) {
  char type[64];
  shim_options_type("/x/containerd-shim-runsc-v1", type, sizeof type);
  CHECK_TEXT(type, "io.containerd.runsc.v1.options");
  shim_options_type("containerd-shim-kata-v2", type, sizeof type);
  CHECK_TEXT(type, "io.containerd.kata.v2.options");
  CHECK(shim_is_runc("/x/containerd-shim-runc-v2") && !shim_is_runc("containerd-shim-runsc-v1"));
  struct arguments arguments = {.shim = "/x/containerd-shim-runc-v2", .systemd_cgroup = true};
  struct proto runc PROTO = {0}, other PROTO = {0}, none PROTO = {0};
  shim_options(&arguments, &runc);
  struct view any = {runc.bytes, runc.length};
  CHECK(proto_find_number(proto_find_block(any, 2), 9) == 1);
  arguments.shim = "/x/containerd-shim-runsc-v1";
  shim_options(&arguments, &none);
  CHECK(none.length == 0);
  arguments.shim_config = "/c.toml";
  shim_options(&arguments, &other);
  any = (struct view){other.bytes, other.length};
  proto_copy_text(proto_find_block(any, 1), type, sizeof type);
  CHECK_TEXT(type, "runtimeoptions.v1.Options");
  proto_copy_text(proto_find_block(proto_find_block(any, 2), 2), type, sizeof type);
  CHECK_TEXT(type, "/c.toml");
}

int main(void) {
  reads_json();
  writes_json();
  reads_its_own_records();
  keeps_records();
  reads_command_lines();
  reads_what_a_shim_prints();
  knows_the_options_of_each_shim();
  return 0;
}
