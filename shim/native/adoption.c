#include "adoption.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tree.h"

enum { NOTE_TEXT = 256, STAT_TEXT = 1024, LINK_TEXT = 64 };

/* The kernel's struct pidfd_info, as long as it was when it came to tell of an exit (Linux 6.15).
 */
struct process_info {
  uint64_t mask, cgroup;
  uint32_t pid, thread_group, parent, ids[8];
  int32_t exit_code;
};
static const uint64_t INFO_EXIT = 1 << 3;
#define GET_PROCESS_INFO _IOWR(0xFF, 11, struct process_info)

bool adoption_note(const char *state, const struct adoption *adoption) {
  char text[NOTE_TEXT], path[PATH_MAX], temporary[PATH_MAX];
  int length = snprintf(text, sizeof text,
                        "%d %" PRIu64 " %" PRId64 " %d %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                        (int)adoption->pid, adoption->start, adoption->started_at, adoption->guest,
                        adoption->pipes[0], adoption->pipes[1], adoption->pipes[2]);
  snprintf(path, sizeof path, "%s/running", state);
  snprintf(temporary, sizeof temporary, "%s/running.tmp", state);
  int fd CLOSE = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  return fd >= 0 && write_all(fd, text, (size_t)length) && rename(temporary, path) == 0;
}

bool adoption_read(const char *state, struct adoption *adoption) {
  char text[NOTE_TEXT], path[PATH_MAX];
  snprintf(path, sizeof path, "%s/running", state);
  if (read_text(path, text, sizeof text) <= 0) return false;
  int pid, guest;
  if (sscanf(text, "%d %" SCNu64 " %" SCNd64 " %d %" SCNu64 " %" SCNu64 " %" SCNu64, &pid,
             &adoption->start, &adoption->started_at, &guest, &adoption->pipes[0],
             &adoption->pipes[1], &adoption->pipes[2]) != 7)
    return false;
  adoption->pid = pid;
  adoption->guest = guest != 0;
  return pid > 1;
}

static bool stat_of(pid_t pid, char text[STAT_TEXT], struct process *process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  return read_text(path, text, STAT_TEXT) > 0 && tree_parse_stat(text, process);
}

bool adoption_learn_start(struct adoption *adoption) {
  char text[STAT_TEXT];
  struct process process;
  if (!stat_of(adoption->pid, text, &process)) return false;
  adoption->start = process.start;
  return true;
}

int adoption_process(const struct adoption *adoption) {
  char text[STAT_TEXT];
  struct process process;
  int fd CLOSE = (int)syscall(SYS_pidfd_open, adoption->pid, 0);
  /* The start is read when the number can no longer become another's. */
  if (fd < 0 || !stat_of(adoption->pid, text, &process) || process.start != adoption->start)
    return -1;
  int result = fd;
  fd = -1;
  return result;
}

/* Any descriptor of the process that is this pipe. */
static int pipe_in(const char *pid, const char *wanted, int access) {
  char directory[64], link[LINK_TEXT];
  snprintf(directory, sizeof directory, "/proc/%.16s/fd", pid);
  DIR *list = opendir(directory);
  if (list == NULL) return -1;
  int found = -1;
  for (struct dirent *entry; found < 0 && (entry = readdir(list)) != NULL;) {
    ssize_t length = readlinkat(dirfd(list), entry->d_name, link, sizeof link - 1);
    if (length <= 0) continue;
    link[length] = '\0';
    if (strcmp(link, wanted) == 0)
      found = openat(dirfd(list), entry->d_name, access | O_NONBLOCK | O_CLOEXEC);
  }
  closedir(list);
  return found;
}

int adoption_pipe(uint64_t inode, int access) {
  char wanted[LINK_TEXT];
  int64_t pid;
  DIR *processes = inode == 0 ? NULL : opendir("/proc");
  if (processes == NULL) return -1;
  snprintf(wanted, sizeof wanted, "pipe:[%" PRIu64 "]", inode);
  int found = -1;
  for (struct dirent *entry; found < 0 && (entry = readdir(processes)) != NULL;)
    if (parse_number(entry->d_name, 2, INT32_MAX, &pid) && pid != getpid())
      found = pipe_in(entry->d_name, wanted, access);
  closedir(processes);
  return found;
}

/* The last field of a zombie's line. */
static int zombie_status(const char *text) {
  const char *end = strrchr(text, ')');
  const char *last = strrchr(text, ' ');
  int64_t status;
  if (end == NULL || last <= end || strncmp(end, ") Z ", 4) != 0) return -1;
  char number[16];
  snprintf(number, sizeof number, "%.*s", (int)strcspn(last + 1, "\n"), last + 1);
  return parse_number(number, 0, UINT16_MAX, &status) ? (int)status : -1;
}

int adoption_status(const struct adoption *adoption, int process) {
  char text[STAT_TEXT];
  struct process found;
  if (stat_of(adoption->pid, text, &found) && found.start == adoption->start) {
    int status = zombie_status(text);
    if (status >= 0) return status;
  }
  struct process_info info = {.mask = INFO_EXIT};
  bool told =
      syscall(SYS_ioctl, process, GET_PROCESS_INFO, &info) == 0 && (info.mask & INFO_EXIT) != 0;
  return told ? info.exit_code : -1;
}
