#include "cgroup_kill.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CHUNK = 4096, ROUNDS = 8 };

void cgroup_each_process(const char *path, void (*seen)(pid_t pid, void *context), void *context) {
  int fd CLOSE = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  char chunk[CHUNK];
  int64_t number = 0;
  for (;;) {
    ssize_t got = read(fd, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    for (ssize_t i = 0; i < got; i++) {
      if (chunk[i] == '\n') {
        /* 0 is a process of a foreign pid namespace, 1 the node's init. */
        if (number > 1) seen((pid_t)number, context);
        number = 0;
      } else if (number >= 0) {
        bool digit = chunk[i] >= '0' && chunk[i] <= '9';
        number = digit ? number * 10 + (chunk[i] - '0') : -1;
        if (number > INT32_MAX) number = -1;
      }
    }
  }
}

/* Whose processes are signalled. */
struct hunt {
  const char *controller;
  const char *path; /* of the cgroup, as /proc/<pid>/cgroup tells it */
  char *text;       /* CGROUP_TEXT bytes */
  bool found;
};

/* Whether a /proc/.../cgroup file names the cgroup; *root when it names that of the hierarchy. */
static bool tells(const struct hunt *hunt, const char *file, bool *root) {
  *root = false;
  if (read_text(file, hunt->text, CGROUP_TEXT) <= 0) return false;
  size_t length;
  const char *path = cgroup_path(hunt->text, hunt->controller, &length);
  if (path == NULL) return false;
  *root = length == 1;
  return length == strlen(hunt->path) && memcmp(path, hunt->path, length) == 0;
}

static bool is_member(const struct hunt *hunt, pid_t pid) {
  char name[64];
  bool root;
  snprintf(name, sizeof name, "/proc/%d/cgroup", (int)pid);
  if (tells(hunt, name, &root)) return true;
  if (!root) return false;
  /* On v1 a first thread that has ended tells the root; what goes on without it, the truth. */
  snprintf(name, sizeof name, "/proc/%d/task", (int)pid);
  DIR *threads = opendir(name);
  bool member = false;
  for (struct dirent *entry; threads != NULL && !member && (entry = readdir(threads)) != NULL;) {
    int64_t thread;
    if (!parse_number(entry->d_name, 1, INT32_MAX, &thread)) continue;
    snprintf(name, sizeof name, "/proc/%d/task/%d/cgroup", (int)pid, (int)thread);
    member = tells(hunt, name, &root);
  }
  if (threads != NULL) closedir(threads);
  return member;
}

/* The process may have ended since it was listed, and its number be another's. A pidfd pins it, so
 * that the cgroup that is looked at next is that of what is signalled. */
static void kill_member(pid_t pid, void *context) {
  struct hunt *hunt = context;
  int fd CLOSE = (int)syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0 || !is_member(hunt, pid)) return;
  if (syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0) hunt->found = true;
}

static bool write_file(const char *directory, const char *name, const char *text) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return write_text(path, text);
}

/* Kills every process listed once; false when none was. */
static bool kill_listed(struct hunt *hunt, const char *procs) {
  hunt->found = false;
  cgroup_each_process(procs, kill_member, hunt);
  return hunt->found;
}

void cgroup_kill(const struct cgroups *cgroups, const char *directory) {
  bool v1 = cgroups->exec_prefix[0] != '\0';
  if (!v1 && write_file(directory, "cgroup.kill", "1")) return;
  char path[PATH_MAX], procs[PATH_MAX], text[CGROUP_TEXT];
  snprintf(path, sizeof path, "%s%s", cgroups->exec_path, directory + strlen(cgroups->exec));
  snprintf(procs, sizeof procs, "%s/cgroup.procs", directory);
  struct hunt hunt = {.controller = v1 ? "freezer" : "", .path = path, .text = text};
  /* Frozen processes cannot fork while they are listed; the signal takes effect with the thaw. */
  bool frozen = v1 && write_file(directory, "freezer.state", "FROZEN");
  for (int round = 0; round < ROUNDS; round++)
    if (!kill_listed(&hunt, procs) || frozen) break;
  if (!frozen) return;
  write_file(directory, "freezer.state", "THAWED");
  /* Freezing takes hold by and by: who forked meanwhile is listed now. */
  for (int round = 0; round < ROUNDS && kill_listed(&hunt, procs); round++) continue;
}
