#include "arguments.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum kind { TEXT, FLAG };

struct row {
  const char *name;
  enum kind kind;
  size_t offset;
};

#define ROW(name, kind, field) \
  { name, kind, offsetof(struct arguments, field) }

/* No name means two things, so it does not matter which side of the verb it stands on. */
static const struct row ROWS[] = {
    ROW("--root", TEXT, root),
    ROW("--log", TEXT, log),
    ROW("--log-format", TEXT, log_format),
    ROW("--shim", TEXT, shim),
    ROW("--shim-config", TEXT, shim_config),
    ROW("--shim-option", TEXT, shim_option),
    ROW("--sandbox", TEXT, sandbox),
    ROW("--sandbox-request", TEXT, sandbox_request),
    ROW("--namespace", TEXT, name_space),
    ROW("--systemd-cgroup", FLAG, systemd_cgroup),
    ROW("--debug", FLAG, debug),
    ROW("--version", FLAG, version),
    ROW("--bundle", TEXT, bundle),
    ROW("--pid-file", TEXT, pid_file),
    ROW("--internal-pid-file", TEXT, internal_pid_file),
    ROW("--console-socket", TEXT, console_socket),
    ROW("--process", TEXT, process),
    ROW("--resources", TEXT, resources),
    ROW("--image-path", TEXT, image_path),
    ROW("--work-path", TEXT, work_path),
    ROW("--pid", TEXT, pid),
    ROW("--detach", FLAG, detach),
    ROW("--all", FLAG, all),
    ROW("--force", FLAG, force),
    ROW("--quiet", FLAG, quiet),
    ROW("--stats", FLAG, stats),
    ROW("--leave-running", FLAG, leave_running),
    ROW("--file-locks", FLAG, file_locks),
    ROW("--address", TEXT, address),
    ROW("--topic", TEXT, topic),
};

static const struct row *row_named(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
    if (strlen(ROWS[i].name) == length && strncmp(ROWS[i].name, name, length) == 0) return &ROWS[i];
  return NULL;
}

static bool take_word(struct arguments *arguments, const char *word, struct refusal *refusal) {
  int room = sizeof arguments->words / sizeof arguments->words[0];
  if (arguments->word_count == room) return refuse(refusal, "unexpected argument %s", word);
  arguments->words[arguments->word_count++] = word;
  return true;
}

bool arguments_parse(struct arguments *arguments, int argc, char **argv, struct refusal *refusal) {
  *arguments = (struct arguments){.root = "/run/jcri-task", .name_space = "jcri"};
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '-' || argv[i][1] == '\0') {
      if (!take_word(arguments, argv[i], refusal)) return false;
      continue;
    }
    size_t length = strcspn(argv[i], "=");
    const char *value = argv[i][length] == '=' ? argv[i] + length + 1 : NULL;
    const struct row *row = row_named(argv[i], length);
    if (row == NULL) return refuse(refusal, "unknown option %s", argv[i]);
    void *field = (char *)arguments + row->offset;
    if (row->kind == FLAG) {
      if (value != NULL) return refuse(refusal, "option %s takes no value", row->name);
      *(bool *)field = true;
    } else {
      if (value == NULL && i + 1 == argc)
        return refuse(refusal, "option %s needs a value", row->name);
      *(const char **)field = value != NULL ? value : argv[++i];
    }
  }
  return true;
}

const char *arguments_shim_option(const struct arguments *arguments, const char *name) {
  const char *option = arguments->shim_option;
  size_t length = strlen(name);
  bool named = option != NULL && strncmp(option, name, length) == 0 && option[length] == '=';
  return named ? option + length + 1 : NULL;
}

static const struct {
  const char *name;
  int number;
} SIGNALS[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT},   {"ILL", SIGILL},   {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT}, {"BUS", SIGBUS},   {"FPE", SIGFPE},     {"KILL", SIGKILL}, {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE},   {"ALRM", SIGALRM}, {"TERM", SIGTERM},
    {"CHLD", SIGCHLD}, {"CONT", SIGCONT}, {"STOP", SIGSTOP},   {"TSTP", SIGTSTP}, {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU}, {"URG", SIGURG},   {"WINCH", SIGWINCH}, {"PWR", SIGPWR},
};

int arguments_signal(const char *text) {
  int64_t number;
  if (parse_number(text, 1, 64, &number)) return (int)number;
  if (strncasecmp(text, "SIG", 3) == 0) text += 3;
  for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
    if (strcasecmp(text, SIGNALS[i].name) == 0) return SIGNALS[i].number;
  return 0;
}

bool arguments_id_valid(const char *id) {
  size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
  return length > 0 && length <= 128 && id[length] == '\0' && id[0] != '.' && id[0] != '-';
}
