/* Kills a process with all that it started, as far as /proc can tell. */
#ifndef JCRI_TREE_H
#define JCRI_TREE_H

#include "util.h"

struct process {
  pid_t pid, parent, group, session;
  uint64_t start; /* clock ticks since boot: tells a process from a later one with its pid */
  bool marked;
};

/* Parses a /proc/<pid>/stat text, whose second field may hold anything. */
bool tree_parse_stat(const char *text, struct process *process);

/* Whether a process is a child of ours, or will be one: crun's detached half may still be its
 * parent when the other half has ended. */
bool tree_ours(pid_t pid);

/* Whether a process is on its way out already: dead, ending, or with a SIGKILL to come. */
bool tree_dying(pid_t pid);
bool tree_stat_dying(const char *text);

/* Stops, then kills the root, its descendants, and whoever is in a session or a process group that
 * one of them leads. The root must be a child of ours that is not reaped yet, so that its pid is
 * its own. What left all of these and lost its parent is beyond this: see cgroup_kill. */
void tree_kill(pid_t root);

#endif
