#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "descriptor.h"
#include "report.h"

/* Version 1: writing 0 to "tasks" moves the calling thread only. Unlike a pid in cgroup.procs it
 * does not take the lock that stops every fork of the machine, whose grace period costs
 * milliseconds. Version 2 has no such file, and there a child can be born in place. */
int cgroup_join(const char *path) {
  int directory CLOSE = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) die("cgroup", errno, "cannot open %s", path);
  int tasks CLOSE = openat(directory, "tasks", O_WRONLY | O_CLOEXEC);
  if (tasks < 0 && errno == ENOENT) {
    int cgroup2 = directory;
    directory = -1;
    return cgroup2;
  }
  if (tasks < 0 || write(tasks, "0", 1) != 1) die("cgroup", errno, "cannot join %s", path);
  return -1;
}

void cgroup2_join(int cgroup2, const char *whose) {
  int procs CLOSE = openat(cgroup2, "cgroup.procs", O_WRONLY | O_CLOEXEC);
  if (procs < 0 || write(procs, "0", 1) != 1)
    die("cgroup", errno, "cannot join the cgroup of version 2 of %s", whose);
}
