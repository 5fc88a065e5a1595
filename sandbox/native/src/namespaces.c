#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/cgroup.h"
#include "kernel.h"
#include "report.h"

#define CLONE_INTO_CGROUP_FLAG 0x200000000ULL

static const struct {
  const char *name;
  size_t wanted; /* offset of the flag in struct request */
  int flag;
} kinds[] = {
    /* Entered in this order, and the user namespace is never entered: this process keeps the rights
     * over the node that it needs for the other steps. */
    {"ipc", offsetof(struct request, ipc), CLONE_NEWIPC},
    {"uts", offsetof(struct request, uts), CLONE_NEWUTS},
    {"net", offsetof(struct request, net), CLONE_NEWNET},
    {"pid", offsetof(struct request, pid), CLONE_NEWPID},
    {"user", offsetof(struct request, user), CLONE_NEWUSER},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], ENTERED = 3 };

static bool wants(const struct request *request, size_t kind) {
  return *(const bool *)((const char *)request + kinds[kind].wanted);
}

int cgroups_join(const struct request *request) {
  fault_at("cgroup");
  int cgroup2 = -1;
  for (size_t i = 0; i < request->cgroup_count; i++) {
    int joined = cgroup_join(request->cgroups[i]);
    if (joined >= 0 && cgroup2 >= 0) {
      die("cgroup", 0, "cannot join %s: a cgroup of version 2 was given already",
          request->cgroups[i]);
    }
    cgroup2 = joined >= 0 ? joined : cgroup2;
  }
  return cgroup2;
}

/* clone3(2) without a stack is a fork; libc has no wrapper for it. */
static pid_t fork_with(uint64_t flags, int cgroup) {
  struct {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
        set_tid_size, cgroup;
  } args = {.flags = flags, .exit_signal = SIGCHLD};
  if (cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP_FLAG;
    args.cgroup = (uint64_t)cgroup;
  }
  return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

pid_t namespaces_clone(const struct request *request, int cgroup2) {
  fault_at("clone");
  uint64_t flags = 0;
  for (size_t i = 0; i < KINDS; i++) flags |= wants(request, i) ? (uint64_t)kinds[i].flag : 0;
  if (request->pid) {
    /* As PID 1 its /proc/1/root and /proc/1/ns/mnt are in the sight of the pod's containers. */
    flags |= CLONE_NEWNS;
  }
  /* With CLONE_NEWUSER the kernel makes the user namespace first and the others belong to it. */
  pid_t child = fork_with(flags, cgroup2);
  if (child < 0 && cgroup2 >= 0) {
    /* The slow way, for kernels older than CLONE_INTO_CGROUP (5.7). */
    cgroup2_join(cgroup2, request->id);
    child = fork_with(flags, -1);
  }
  if (child < 0) die("clone", errno, "cannot make the namespaces of %s", request->id);
  return child;
}

static void write_maps(pid_t child, const char *file, const struct idmap *maps, size_t count) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/%d/%s", child, file);
  int fd CLOSE = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) die("idmap", errno, "cannot open %s", path);
  /* The kernel takes all ranges in one write or none. */
  char text[MAX_IDMAPS * 33];
  size_t used = 0;
  for (size_t i = 0; i < count; i++) {
    used += (size_t)snprintf(text + used, sizeof text - used, "%u %u %u\n", maps[i].inside,
                             maps[i].outside, maps[i].count);
  }
  if (write(fd, text, used) != (ssize_t)used) {
    int error = errno;
    for (char *c = text; *c != '\0'; c++) *c = *c == '\n' ? ',' : *c;
    die("idmap", error, "cannot set %s to %.200s", file, text);
  }
}

void idmap_write(const struct request *request, pid_t child) {
  fault_at("idmap");
  write_maps(child, "uid_map", request->uidmaps, request->uidmap_count);
  write_maps(child, "gid_map", request->gidmaps, request->gidmap_count);
}

void namespaces_enter(const struct request *request, pid_t child) {
  fault_at("enter");
  for (size_t i = 0; i < ENTERED; i++) {
    if (wants(request, i)) {
      char path[64];
      (void)snprintf(path, sizeof path, "/proc/%d/ns/%s", child, kinds[i].name);
      int fd CLOSE = open(path, O_RDONLY | O_CLOEXEC);
      if (fd < 0 || setns(fd, kinds[i].flag) != 0)
        die("enter", errno, "cannot enter the %s namespace of %s", kinds[i].name, request->id);
    }
  }
}

static void pin(const struct request *request, pid_t child, const char *name) {
  char source[64];
  char target[16];
  (void)snprintf(source, sizeof source, "/proc/%d/ns/%s", child, name);
  (void)snprintf(target, sizeof target, "ns/%s", name);
  int file CLOSE = open(target, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
  if (file < 0) die("pin", errno, "cannot create %s/%s", request->directory, target);
  if (mount(source, target, NULL, MS_BIND, NULL) != 0)
    die("pin", errno, "cannot pin the %s namespace on %s/%s", name, request->directory, target);
  /* A bind mount of the node's / must not take a copy, which would outlive the pod. */
  if (mount(NULL, target, NULL, MS_UNBINDABLE, NULL) != 0)
    die("pin", errno, "cannot make %s/%s unbindable", request->directory, target);
}

void namespaces_pin(const struct request *request, pid_t child) {
  fault_at("pin");
  if (mkdir("ns", 0700) != 0) die("pin", errno, "cannot create %s/ns", request->directory);
  for (size_t i = 0; i < KINDS; i++)
    if (wants(request, i)) pin(request, child, kinds[i].name);
  fault_at("pinned");
}

void directory_clean(void) {
  for (size_t i = 0; i < KINDS; i++) {
    char target[16];
    (void)snprintf(target, sizeof target, "ns/%s", kinds[i].name);
    if (umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW) != 0 && errno != ENOENT && errno != EINVAL)
      warn(errno, "cannot unmount %s", target);
    (void)unlink(target);
  }
  (void)rmdir("ns");
  if (umount2("shm", MNT_DETACH | UMOUNT_NOFOLLOW) != 0 && errno != ENOENT && errno != EINVAL)
    warn(errno, "cannot unmount shm");
  (void)rmdir("shm");
  (void)unlink("pause");
  (void)rmdir("root");
}
