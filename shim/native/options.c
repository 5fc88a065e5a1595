#include "options.h"

#include <stddef.h>
#include <string.h>

enum kind { TEXT, PATH, NUMBER, FLAG };

struct option_row {
  const char *name;
  enum kind kind;
  size_t offset;
  bool required;
};

#define ROW(name, kind, field, required) \
  { name, kind, offsetof(struct options, field), required }

static const struct option_row ROWS[] = {
    ROW("--id", TEXT, id, true),
    ROW("--bundle", PATH, bundle, true),
    ROW("--state", PATH, state, true),
    ROW("--runtime", PATH, runtime, true),
    ROW("--runtime-root", PATH, runtime_root, true),
    ROW("--log", PATH, log, false),
    ROW("--log-directory", PATH, log_directory, false),
    ROW("--log-limit", NUMBER, log_limit, false),
    ROW("--exit-record", PATH, exit_record, true),
    ROW("--restore", PATH, restore, false),
    ROW("--adopt", FLAG, adopt, false),
    ROW("--own-cgroup", PATH, own_cgroup, false),
    ROW("--cgroup", PATH, cgroup, false),
    ROW("--io-uid", NUMBER, io_uid, false),
    ROW("--io-gid", NUMBER, io_gid, false),
    ROW("--systemd-cgroup", FLAG, systemd_cgroup, false),
    ROW("--terminal", FLAG, terminal, false),
    ROW("--stdin", FLAG, stdin_open, false),
    ROW("--stdin-once", FLAG, stdin_once, false),
    ROW("--guest", FLAG, guest, false),
    ROW("--exec-cgroup", FLAG, exec_cgroup, false),
};

enum { ROW_COUNT = sizeof ROWS / sizeof ROWS[0] };

static const struct option_row *row_named(const char *name) {
  for (size_t i = 0; i < ROW_COUNT; i++)
    if (strcmp(ROWS[i].name, name) == 0) return &ROWS[i];
  return NULL;
}

/* The id becomes part of file names and of the exit record's JSON. */
static bool id_valid(const char *id) {
  size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
  return length > 0 && length <= 128 && id[length] == '\0' && id[0] != '.' && id[0] != '-';
}

static bool take(struct options *options, const struct option_row *row, const char *value) {
  void *field = (char *)options + row->offset;
  switch (row->kind) {
    case TEXT:
      *(const char **)field = value;
      return true;
    case PATH:
      *(const char **)field = value;
      return value[0] == '/';
    case NUMBER:
      return parse_number(value, 0, INT64_MAX, field);
    case FLAG:
      *(bool *)field = true;
      return true;
  }
  return false;
}

static bool complete(const struct options *options, struct refusal *refusal) {
  for (size_t i = 0; i < ROW_COUNT; i++) {
    if (!ROWS[i].required) continue;
    if (*(const char *const *)((const char *)options + ROWS[i].offset) == NULL)
      return refuse(refusal, "missing option %s", ROWS[i].name);
  }
  if (!id_valid(options->id)) return refuse(refusal, "bad container id %s", options->id);
  return true;
}

bool options_parse(struct options *options, int argc, char **argv, struct refusal *refusal) {
  *options = (struct options){.io_uid = -1, .io_gid = -1};
  for (int i = 1; i < argc; i++) {
    bool argument = strcmp(argv[i], "--runtime-argument") == 0;
    const struct option_row *row = argument ? NULL : row_named(argv[i]);
    if (row == NULL && !argument) return refuse(refusal, "unknown option %s", argv[i]);
    const char *value = NULL;
    if (argument || row->kind != FLAG) {
      if (i + 1 == argc) return refuse(refusal, "option %s needs a value", argv[i]);
      value = argv[++i];
    }
    if (argument) {
      if (options->runtime_argument_count == RUNTIME_ARGUMENTS_MAX)
        return refuse(refusal, "more than %d runtime arguments", RUNTIME_ARGUMENTS_MAX);
      options->runtime_arguments[options->runtime_argument_count++] = value;
    } else if (!take(options, row, value)) {
      return refuse(refusal, "bad value of option %s: %s", row->name, value);
    }
  }
  return complete(options, refusal);
}
