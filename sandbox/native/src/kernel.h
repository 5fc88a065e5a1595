#ifndef JCRI_KERNEL_H
#define JCRI_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../common/descriptor.h"
#include "request.h"

/* Everything below dies (report.h) with the stage and the object in the message. */

/* Joins the cgroups of version 1, so that every child is born in them; gives that of version 2, or
 * -1. */
int cgroups_join(const struct request *request);
/* A child in the new namespaces that the request asks for, born in the cgroup of version 2: 0 in
 * it. */
pid_t namespaces_clone(const struct request *request, int cgroup2);
/* Writes the id mappings of the child's user namespace. */
void idmap_write(const struct request *request, pid_t child);
/* Moves this process into the child's net, ipc and uts namespaces. */
void namespaces_enter(const struct request *request, pid_t child);
void hostname_set(const struct request *request);
void sysctls_write(const struct request *request);
void loopback_up(const struct request *request);
/* As low as the kernel allows: without CAP_SYS_RESOURCE a lower score than one's own is refused. */
void oom_score_set(const struct request *request, pid_t child);

/* These work below the current directory, which is the sandbox's. */

/* Bind mounts the child's namespaces on ns/net, ns/ipc, ... */
void namespaces_pin(const struct request *request, pid_t child);
void shm_mount(const struct request *request);
/* Writes "<pid> <start time>" to the file pause; gives the start time (proc(5), stat field 22). */
uint64_t pidfile_write(pid_t child);
/* Takes back what the three above have made, as far as they came. */
void directory_clean(void);

#endif
