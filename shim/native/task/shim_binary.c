#include "shim_binary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"

enum { PRINTED = 8192, STEP_MILLIS = 20, END_MILLIS = 1000 };

/* One run of the program. */
struct action {
  const char *words[20];
  const char *directory; /* to run in */
  const char *pwd;       /* its name in the environment */
  const struct proto *input;
  int64_t limit;
  char *out, *err; /* what it printed: PRINTED bytes each */
};

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

/* As containerd sets it. There is nobody to take events: an empty address fails at once. */
static void set_environment(const struct arguments *arguments, const char *pwd) {
  setenv("GOMAXPROCS", "2", 1);
  setenv("MAX_SHIM_VERSION", "2", 1);
  setenv("TTRPC_ADDRESS", "", 1);
  setenv("GRPC_ADDRESS", "", 1);
  setenv("NAMESPACE", arguments->name_space, 1);
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0);
  if (pwd != NULL) setenv("PWD", pwd, 1);
}

static _Noreturn void execute(const struct arguments *arguments, const struct action *action,
                              const int theirs[3]) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  for (int i = 0; i < 3; i++)
    if (dup2(theirs[i], i) < 0) _exit(127);
  if (action->directory == NULL || chdir(action->directory) == 0) {
    set_environment(arguments, action->pwd);
    execvp(action->words[0], (char *const *)action->words);
  }
  (void)dprintf(STDERR_FILENO, "cannot execute %s: %s", action->words[0], strerror(errno));
  _exit(127);
}

/* Takes what has come; false at the end. What is too much is dropped. */
static void take(int *fd, char *text) {
  for (;;) {
    char rest[256];
    size_t length = strlen(text), room = PRINTED - 1 - length;
    ssize_t got = room > 0 ? read(*fd, text + length, room) : read(*fd, rest, sizeof rest);
    if (got > 0) {
      if (room > 0) text[length + (size_t)got] = '\0';
    } else if (got == 0) {
      close_owned(fd);
      return;
    } else if (errno != EINTR) {
      return;
    }
  }
}

/* Collects what it prints until it ends. A shim that it leaves behind may hold its output open, so
 * the end of that is no sign. */
static int collect(pid_t pid, int ours[2], const struct action *action) {
  int64_t deadline = action->limit < 0 ? -1 : now_monotonic_millis() + action->limit;
  int status = 0;
  for (bool ended = false; !ended;) {
    struct pollfd ready[] = {{.fd = ours[0], .events = POLLIN}, {.fd = ours[1], .events = POLLIN}};
    if (poll(ready, 2, STEP_MILLIS) < 0 && errno != EINTR) break;
    ended = waitpid(pid, &status, WNOHANG) == pid;
    if (ours[0] >= 0) take(&ours[0], action->out);
    if (ours[1] >= 0) take(&ours[1], action->err);
    if (!ended && deadline >= 0 && now_monotonic_millis() > deadline) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
      return -1;
    }
  }
  return status;
}

static void one_line(char *text) {
  size_t length = strlen(text);
  while (length > 0 && (unsigned char)text[length - 1] <= ' ') text[--length] = '\0';
}

static bool run(const struct arguments *arguments, const struct action *action,
                struct refusal *refusal) {
  const char *program = action->words[0];
  action->out[0] = action->err[0] = '\0';
  int in[2], out[2], err[2];
  if (pipe2(in, O_CLOEXEC) != 0) return refuse(refusal, "cannot make a pipe: %m");
  int in_read CLOSE = in[0], in_write CLOSE = in[1];
  if (pipe2(out, O_CLOEXEC) != 0) return refuse(refusal, "cannot make a pipe: %m");
  int out_read CLOSE = out[0], out_write CLOSE = out[1];
  if (pipe2(err, O_CLOEXEC) != 0) return refuse(refusal, "cannot make a pipe: %m");
  int err_read CLOSE = err[0], err_write CLOSE = err[1];
  fcntl(out_read, F_SETFL, O_NONBLOCK);
  fcntl(err_read, F_SETFL, O_NONBLOCK);
  /* The options are far less than a pipe holds. */
  if (action->input != NULL && !write_all(in_write, action->input->bytes, action->input->length))
    return refuse(refusal, "cannot write the options of %s: %m", program);
  close_owned(&in_write);
  pid_t pid = fork();
  if (pid == 0) execute(arguments, action, (const int[]){in_read, out_write, err_write});
  if (pid < 0) return refuse(refusal, "cannot fork: %m");
  close_owned(&out_write);
  close_owned(&err_write);
  int ours[] = {out_read, err_read};
  out_read = err_read = -1;
  int status = collect(pid, ours, action);
  close_owned(&ours[0]);
  close_owned(&ours[1]);
  one_line(action->out);
  one_line(action->err);
  if (status == 0) return true;
  const char *said = action->err[0] != '\0' ? action->err : action->out;
  if (status == -1) return refuse(refusal, "%s does not end", program);
  if (said[0] != '\0') return refuse(refusal, "%s", said);
  return refuse(refusal, "%s ended with status %d and no message", program, exit_code_of(status));
}

static void add(struct action *action, const char *word) {
  size_t count = 0;
  while (action->words[count] != NULL) count++;
  action->words[count] = word;
}

static void add_common(struct action *action, const struct task *task, const char *self) {
  const char *const words[] = {
      task->arguments->shim, "-namespace", task->arguments->name_space, "-address", "",
      "-publish-binary",     self,         "-id",                       task->record.id};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) add(action, words[i]);
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
  if (!make_log(task, refusal)) return false;
  struct proto options PROTO = {0};
  shim_options(task->arguments, &options);
  char self[4096], out[PRINTED], err[PRINTED];
  struct action action = {.directory = task->record.bundle,
                          .pwd = task->record.bundle,
                          .input = &options,
                          .limit = FOREVER,
                          .out = out,
                          .err = err};
  add_common(&action, task, self_path(self, sizeof self));
  if (task->arguments->debug) add(&action, "-debug");
  add(&action, "start");
  return run(task->arguments, &action, refusal) &&
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
  add(&action, "-bundle");
  add(&action, task->record.bundle);
  add(&action, "delete");
  bool done = run(task->arguments, &action, refusal);
  if (alias != NULL) unlink(alias);
  return done;
}

void shim_version(const char *program, char *text, size_t capacity) {
  char out[PRINTED], err[PRINTED];
  struct refusal ignored;
  struct arguments arguments = {.name_space = "jcri"};
  struct action action = {.limit = ANSWER_MILLIS, .out = out, .err = err};
  add(&action, program);
  add(&action, "-v");
  text[0] = '\0';
  if (!run(&arguments, &action, &ignored)) return;
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
