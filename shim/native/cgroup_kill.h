/* Kills all that lives in a cgroup, and nobody else. */
#ifndef JCRI_CGROUP_KILL_H
#define JCRI_CGROUP_KILL_H

#include "cgroup.h"

/* Calls seen with each process that a cgroup.procs file lists, however long it is. A last line
 * without an end is the beginning of some number, which is no process. */
void cgroup_each_process(const char *path, void (*seen)(pid_t pid, void *context), void *context);

/* Kills all that lives in an exec's cgroup, however it detached itself. Needs no memory. */
void cgroup_kill(const struct cgroups *cgroups, const char *directory);

#endif
