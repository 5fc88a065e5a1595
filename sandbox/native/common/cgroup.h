#ifndef JCRI_CGROUP_H
#define JCRI_CGROUP_H

/* Both die (report.h) in stage cgroup. */

/* Joins the cgroup when it is one of version 1, and gives -1; gives a descriptor of one of version
 * 2, which is not joined. Only for a process of one thread. */
int cgroup_join(const char *path);
/* Joins the cgroup of version 2 that the descriptor is of; whose is for the message. */
void cgroup2_join(int cgroup2, const char *whose);

#endif
