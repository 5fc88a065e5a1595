/* Runs the OCI runtime: its command line, its stdio, its death, its words. */
#ifndef JCRI_RUNTIME_H
#define JCRI_RUNTIME_H

#include "options.h"

/* One run of the runtime that has not ended yet. */
struct child {
  pid_t pid;
  char *log_path;
  void (*ended)(struct child *child, int status);
  void *owner;
  bool only_waits; /* it starts nothing that could become a child of ours */
  struct child *next;
};

struct runtime {
  const struct options *options;
  struct child *children;
};

/* A command line under construction. */
struct command {
  const char *words[RUNTIME_ARGUMENTS_MAX + 32];
  size_t count;
};

/* Starts a command line with the runtime, its global options and its log file. */
void command_init(struct command *command, const struct runtime *runtime, const char *log_path);
/* Adds words, up to a NULL. */
void command_add(struct command *command, ...) __attribute__((sentinel));

/* Runs it with stdio, -1 for /dev/null. NULL with a refusal when it cannot even be executed. Else
 * ended is called with the wait status; it owns the child and gives it to child_free. The log's
 * path is the runtime's from here on, and may be NULL for want of memory. */
struct child *runtime_spawn(struct runtime *runtime, const struct command *command, char *log_path,
                            const int stdio[3], void (*ended)(struct child *child, int status),
                            void *owner, struct refusal *refusal);

/* Kills the runtime and what stands in its process group; its end is reported as ever. */
void child_kill(const struct child *child);

/* Why it failed, in its own words when it left some: from its log, else from what it printed. */
void child_error(const struct runtime *runtime, const struct child *child, int status,
                 const char *printed, struct refusal *refusal);
void child_free(struct child *child);

/* Whether a process is a runtime that has not been reported yet. */
bool runtime_is(const struct runtime *runtime, pid_t pid);

/* Whether a runtime is at work that may start what becomes a child of ours. */
bool runtime_starts(const struct runtime *runtime);

/* Reports the runtimes that have ended. */
void runtime_settle(struct runtime *runtime);

/* Reads a --pid-file; -1 when it has no number. */
pid_t runtime_read_pid(const char *path);

/* Likewise; -1 also when it names no process that is our child now. */
pid_t runtime_read_child(const char *path);

#endif
