#include "shim_binary.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "action.h"
#include "json.h"
#include "listener.h"

enum { STEP_MILLIS = 20, END_MILLIS = 1000 };

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

bool shim_is_runc(const char *program) {
  static const char RUNC[] = "containerd-shim-runc";
  return strncmp(base_name(program), RUNC, sizeof RUNC - 1) == 0;
}

void shim_options_type(const char *program, char *type, size_t capacity) {
  static const char PREFIX[] = "containerd-shim-";
  const char *base = base_name(program);
  if (strncmp(base, PREFIX, sizeof PREFIX - 1) == 0) base += sizeof PREFIX - 1;
  (void)snprintf(type, capacity, "io.containerd.%s.options", base);
  char *version = strrchr(type + strlen("io.containerd."), '-');
  if (version != NULL) *version = '.';
}

void shim_options(const struct arguments *arguments, struct proto *any) {
  struct proto value PROTO = {0};
  if (shim_is_runc(arguments->shim)) {
    proto_text(&value, 6, arguments_shim_option(arguments, "binary"));
    proto_number(&value, 9, arguments->systemd_cgroup);
    proto_text(any, 1, "containerd.runc.v1.Options");
    proto_message(any, 2, &value);
  } else if (arguments->shim_config != NULL) {
    char type[256];
    shim_options_type(arguments->shim, type, sizeof type);
    proto_text(&value, 1, type);
    proto_text(&value, 2, arguments->shim_config);
    proto_text(any, 1, "runtimeoptions.v1.Options");
    proto_message(any, 2, &value);
  }
}

static void add_common(struct action *action, const struct task *task, const char *self) {
  const char *const words[] = {task->arguments->shim,
                               "-namespace",
                               task->arguments->name_space,
                               "-address",
                               "",
                               "-publish-binary",
                               self,
                               "-id",
                               task->record.id};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) action_add(action, words[i]);
}

static const char *self_path(char *path, size_t capacity) {
  ssize_t length = readlink("/proc/self/exe", path, capacity - 1);
  path[length < 0 ? 0 : length] = '\0';
  return path;
}

bool shim_read_bootstrap(const char *printed, struct record *record, struct refusal *refusal) {
  char protocol[16] = "ttrpc", version[16] = "2";
  if (printed[0] == '{') {
    int64_t number;
    (void)json_member(printed, "protocol", protocol, sizeof protocol);
    if (!json_member(printed, "address", record->address, sizeof record->address) ||
        !json_member(printed, "version", version, sizeof version) ||
        !parse_number(version, 0, INT32_MAX, &number))
      return refuse(refusal, "the shim has told no address: %.200s", printed);
    record->version = number < 2 ? 2 : number;
  } else {
    if (strlen(printed) >= sizeof record->address || strpbrk(printed, " \n") != NULL ||
        printed[0] == '\0')
      return refuse(refusal, "the shim has told no address: %.200s", printed);
    (void)snprintf(record->address, sizeof record->address, "%s", printed);
    record->version = 2;
  }
  const char *problem = NULL;
  if (strcasecmp(protocol, "ttrpc") != 0) problem = "speaks";
  if (record->version > 3) problem = "speaks version";
  if (strpbrk(record->address, "\n") != NULL) problem = "has an address with a newline; it speaks";
  if (problem == NULL) return true;
  record->address[0] = '\0';
  return refuse(refusal, "the shim %s %s, jcri-task only ttrpc of versions 2 and 3", problem,
                record->version > 3 ? version : protocol);
}

/* The shim opens the file log in its directory as if it were a pipe to containerd. Nobody may be
 * there to read one, and whoever writes to a pipe without a reader dies. */
static bool make_log(const struct task *task, struct refusal *refusal) {
  char *path FREE = formatted("%s/log", task->record.bundle);
  if (path == NULL) return refuse_for_memory(refusal);
  unlink(path);
  if (task->arguments->debug) {
    int fd CLOSE = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd >= 0 || refuse(refusal, "cannot make %s: %m", path);
  }
  return symlink("/dev/null", path) == 0 || refuse(refusal, "cannot make %s: %m", path);
}

bool shim_start(struct task *task, struct refusal *refusal) {
  char self[4096], events[4096], out[PRINTED], err[PRINTED];
  /* Shims publish from their start on, and some end when that fails. */
  if (!make_log(task, refusal) || !listener_start(task, events, sizeof events, refusal))
    return false;
  struct proto options PROTO = {0};
  shim_options(task->arguments, &options);
  struct action action = {.directory = task->record.bundle,
                          .pwd = task->record.bundle,
                          .events = events,
                          .input = &options,
                          .limit = FOREVER,
                          .out = out,
                          .err = err};
  add_common(&action, task, self_path(self, sizeof self));
  if (task->arguments->debug) action_add(&action, "-debug");
  action_add(&action, "start");
  return action_run(&action, task->arguments->name_space, refusal) &&
         shim_read_bootstrap(out, &task->record, refusal);
}

/* runc's shim looks for what it has left in the directory beside its own that has the container's
 * name, as containerd's bundles lie; ours has another name, so it gets an alias. Go believes PWD
 * when it is the same directory. */
static char *alias_of(const struct task *task) {
  const struct record *record = &task->record;
  char *alias = formatted("%s/%s/%s", task->arguments->root, record->id, record->id);
  if (alias == NULL) return NULL;
  unlink(alias);
  if (symlink(record->bundle, alias) == 0) return alias;
  free(alias);
  return NULL;
}

bool shim_delete(const struct task *task, struct refusal *refusal) {
  char *alias FREE = alias_of(task);
  char self[4096], out[PRINTED], err[PRINTED];
  struct action action = {.directory = task->record.bundle,
                          .pwd = alias != NULL ? alias : task->record.bundle,
                          .limit = ANSWER_MILLIS,
                          .out = out,
                          .err = err};
  add_common(&action, task, self_path(self, sizeof self));
  action_add(&action, "-bundle");
  action_add(&action, task->record.bundle);
  action_add(&action, "delete");
  bool done = action_run(&action, task->arguments->name_space, refusal);
  if (alias != NULL) unlink(alias);
  return done;
}

void shim_version(const char *program, char *text, size_t capacity) {
  char out[PRINTED], err[PRINTED];
  struct refusal ignored;
  struct action action = {.limit = ANSWER_MILLIS, .out = out, .err = err};
  action_add(&action, program);
  action_add(&action, "-v");
  text[0] = '\0';
  if (!action_run(&action, "jcri", &ignored)) return;
  const char *version = strcasestr(out, "version");
  if (version == NULL) return;
  version += strlen("version");
  version += strspn(version, ": \t");
  (void)snprintf(text, capacity, "%.*s", (int)strcspn(version, " \t\n"), version);
}

/* Whether the command line, words that end with NUL each, is that of this container's shim. */
static bool serves(const char *words, size_t length, const struct task *task) {
  bool id = false, name_space = false;
  const char *before = "";
  for (const char *at = words; at < words + length; at += strlen(at) + 1) {
    if (strcmp(before, "-id") == 0 && strcmp(at, task->record.id) == 0) id = true;
    if (strcmp(before, "-namespace") == 0 && strcmp(at, task->arguments->name_space) == 0)
      name_space = true;
    before = at;
  }
  return id && name_space;
}

static pid_t find_process(const struct task *task) {
  DIR *processes = opendir("/proc");
  pid_t found = -1;
  if (processes == NULL) return -1;
  for (const struct dirent *entry; found < 0 && (entry = readdir(processes)) != NULL;) {
    int64_t pid;
    char path[64], words[4096];
    if (!parse_number(entry->d_name, 2, INT32_MAX, &pid)) continue;
    (void)snprintf(path, sizeof path, "/proc/%lld/cmdline", (long long)pid);
    ssize_t length = read_text(path, words, sizeof words);
    if (length > 0 && serves(words, (size_t)length, task)) found = (pid_t)pid;
  }
  closedir(processes);
  return found;
}

static bool alive(pid_t pid, int64_t start) {
  return start != 0 && task_process_start(pid) == start;
}

void shim_learn(struct task *task) {
  task_learn_shim(task);
  if (task->record.shim_start != 0) return;
  pid_t pid = find_process(task);
  task->record.shim_pid = pid > 0 ? pid : 0;
  task->record.shim_start = task_process_start(task->record.shim_pid);
}

void shim_end(const struct task *task) {
  const struct record *record = &task->record;
  pid_t pid = (pid_t)record->shim_pid;
  int64_t start = record->shim_start;
  if (pid <= 1 || start == 0) {
    pid = find_process(task);
    start = pid > 0 ? task_process_start(pid) : 0;
  }
  if (pid <= 1 || !alive(pid, start)) return;
  /* The first lets it remove its sockets. */
  const int signals[] = {SIGTERM, SIGKILL};
  for (size_t i = 0; i < 2; i++) {
    kill(pid, signals[i]);
    int64_t deadline = now_monotonic_millis() + END_MILLIS;
    while (alive(pid, start) && now_monotonic_millis() < deadline) poll(NULL, 0, STEP_MILLIS);
    if (!alive(pid, start)) return;
  }
}

void shim_remove_socket(const struct record *record) {
  static const char SCHEME[] = "unix://";
  struct stat status;
  if (strncmp(record->address, SCHEME, sizeof SCHEME - 1) != 0) return;
  const char *path = record->address + sizeof SCHEME - 1;
  if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path);
}
