#include "tree.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STAT_TEXT = 1024, ROUNDS = 8 };

bool tree_parse_stat(const char *text, struct process *process) {
  const char *end = strrchr(text, ')');
  if (end == NULL) return false;
  int pid, parent, group, session;
  unsigned long long start;
  if (sscanf(text, "%d (", &pid) != 1) return false;
  if (sscanf(end + 1,
             " %*c %d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
             &parent, &group, &session, &start) != 4)
    return false;
  *process = (struct process){
      .pid = pid, .parent = parent, .group = group, .session = session, .start = start};
  return true;
}

bool tree_stat_dying(const char *text) {
  enum { PF_EXITING = 4, SIGKILL_BIT = 1 << (SIGKILL - 1) };
  const char *end = strrchr(text, ')');
  char state;
  unsigned long flags, pending;
  if (end == NULL || sscanf(end + 1,
                            " %c %*d %*d %*d %*d %*d %lu %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d"
                            " %*d %*d %*u %*u %*d %*u %*u %*u %*u %*u %*u %lu",
                            &state, &flags, &pending) != 3)
    return false;
  return state == 'Z' || state == 'X' || (flags & PF_EXITING) != 0 || (pending & SIGKILL_BIT) != 0;
}

bool tree_dying(pid_t pid) {
  char path[64], text[STAT_TEXT];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  return read_text(path, text, sizeof text) > 0 && tree_stat_dying(text);
}

static bool look_up(pid_t pid, struct process *process) {
  char path[64], text[STAT_TEXT];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  return read_text(path, text, sizeof text) > 0 && tree_parse_stat(text, process);
}

bool tree_ours(pid_t pid) {
  enum { DEPTH = 4 };
  pid_t self = getpid();
  struct process process = {.parent = pid};
  for (int i = 0; i < DEPTH && process.parent > 1; i++) {
    if (!look_up(process.parent, &process)) return false;
    if (process.parent == self) return true;
  }
  return false;
}

struct table {
  struct process *rows;
  size_t count, capacity;
};

static int by_pid(const void *left, const void *right) {
  pid_t a = ((const struct process *)left)->pid, b = ((const struct process *)right)->pid;
  return (a > b) - (a < b);
}

static void list(struct table *table) {
  DIR *directory = opendir("/proc");
  if (directory == NULL) return; /* what was found before counts */
  table->count = 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    int64_t pid;
    if (!parse_number(entry->d_name, 2, INT32_MAX, &pid)) continue;
    if (table->count == table->capacity) {
      size_t capacity = table->capacity == 0 ? 256 : table->capacity * 2;
      struct process *rows = resized(table->rows, capacity * sizeof *rows);
      if (rows == NULL) break; /* the root is killed in any case */
      table->rows = rows;
      table->capacity = capacity;
    }
    if (look_up((pid_t)pid, &table->rows[table->count])) table->count++;
  }
  closedir(directory);
  if (table->count > 0) qsort(table->rows, table->count, sizeof *table->rows, by_pid);
}

static bool is_marked(const struct table *table, pid_t pid) {
  struct process key = {.pid = pid};
  const struct process *found =
      table->count == 0 ? NULL : bsearch(&key, table->rows, table->count, sizeof key, by_pid);
  return found != NULL && found->marked;
}

static size_t mark(struct table *table, const struct process *root) {
  size_t marked = 0;
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < table->count; i++) {
      struct process *row = &table->rows[i];
      if (row->marked || row->start < root->start || row->pid == getpid()) continue;
      row->marked = row->pid == root->pid || is_marked(table, row->parent) ||
                    is_marked(table, row->group) || is_marked(table, row->session);
      if (row->marked) marked++, again = true;
    }
  }
  return marked;
}

/* A pidfd pins the process, so that the start time that is read next is that of what is signalled.
 */
static void signal_exactly(const struct process *process, int signal) {
  int fd CLOSE = (int)syscall(SYS_pidfd_open, process->pid, 0);
  struct process now;
  if (fd < 0 || !look_up(process->pid, &now) || now.start != process->start) return;
  syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
}

void tree_kill(pid_t root) {
  struct process first;
  if (!look_up(root, &first)) return;
  struct table table = {0};
  size_t before = 0;
  /* Stopped processes fork no more: when a round finds nobody new, the set is complete. */
  for (int round = 0; round < ROUNDS; round++) {
    list(&table);
    size_t now = mark(&table, &first);
    if (now == before) break;
    before = now;
    for (size_t i = 0; i < table.count; i++)
      if (table.rows[i].marked) signal_exactly(&table.rows[i], SIGSTOP);
  }
  for (size_t i = 0; i < table.count; i++)
    if (table.rows[i].marked) signal_exactly(&table.rows[i], SIGKILL);
  signal_exactly(&first, SIGKILL);
  free(table.rows);
}
