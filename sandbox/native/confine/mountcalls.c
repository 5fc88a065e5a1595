#include "mountcalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* C libraries of the day lack some of these; the numbers are the same on every architecture. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define RESOLVE_NO_SYMLINKS_FLAG 4U
#define RESOLVE_IN_ROOT_FLAG 16U
#define EMPTY_PATH_FLAG 0x1000
#define OPEN_TREE_CLONE_FLAG 1
#define OPEN_TREE_CLOEXEC_FLAG O_CLOEXEC
#define FSOPEN_CLOEXEC_FLAG 1
#define FSCONFIG_SET_STRING_COMMAND 1
#define FSCONFIG_CREATE_COMMAND 6
#define FSMOUNT_CLOEXEC_FLAG 1
#define MOVE_MOUNT_EMPTY_PATHS_FLAGS (4 | 0x40)
#define STATX_MNT_ID_MASK 0x1000U

int path_open(int directory, const char *path, int flags, bool in_root) {
  struct {
    uint64_t flags, mode, resolve;
  } how = {.flags = (uint64_t)flags | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS_FLAG};
  if (in_root) how.resolve |= RESOLVE_IN_ROOT_FLAG;
  return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int mount_copy(int path) {
  return (int)syscall(SYS_open_tree, path, "",
                      EMPTY_PATH_FLAG | OPEN_TREE_CLONE_FLAG | OPEN_TREE_CLOEXEC_FLAG);
}

int tmpfs_make(void) {
  int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC_FLAG);
  if (context < 0) return -1;
  int made = -1;
  if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING_COMMAND, "mode", "755", 0) == 0 &&
      syscall(SYS_fsconfig, context, FSCONFIG_CREATE_COMMAND, NULL, NULL, 0) == 0) {
    made = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC_FLAG, 0);
  }
  int error = errno;
  close(context);
  errno = error;
  return made;
}

int mount_attach(int mount, int target) {
  return (int)syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_EMPTY_PATHS_FLAGS);
}

/* Before mount_setattr (5.12): all attributes at once, so those it has as well. */
static int remount(int attached, uint64_t attributes) {
  static const struct {
    unsigned long seen; /* ST_* of statvfs(3); musl has no names for all */
    unsigned long attribute, flag;
  } flags[] = {
      {1, READ_ONLY, MS_RDONLY}, {2, NO_SUID, MS_NOSUID}, {4, NO_DEVICES, MS_NODEV},
      {8, NO_EXEC, MS_NOEXEC},   {1024, 0, MS_NOATIME},   {2048, 0, MS_NODIRATIME},
      {4096, 0, MS_RELATIME},
  };
  struct statvfs status;
  if (fstatvfs(attached, &status) != 0) return -1;
  unsigned long wanted = MS_REMOUNT | MS_BIND;
  for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
    if ((status.f_flag & flags[i].seen) != 0 || (attributes & flags[i].attribute) != 0)
      wanted |= flags[i].flag;
  char path[32];
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", attached);
  return mount(NULL, path, NULL, wanted, NULL);
}

static bool is_old_kernel(void) {
#ifdef JCRI_FAULTS
  return getenv("JCRI_CONFINE_OLD") != NULL;
#else
  return false;
#endif
}

int mount_restrict(int attached, uint64_t attributes) {
  struct {
    uint64_t set, clear, propagation, userns_fd;
  } change = {.set = attributes};
  if (!is_old_kernel()) {
    if (syscall(SYS_mount_setattr, attached, "", EMPTY_PATH_FLAG, &change, sizeof change) == 0)
      return 0;
    if (errno != ENOSYS) return -1;
  }
  return remount(attached, attributes);
}

uint64_t mount_id(int path) {
  /* struct statx, of which libc may have an older one: 256 bytes, the mask first, the id at 144. */
  union {
    uint32_t mask;
    uint64_t words[32];
  } status = {.words = {0}};
  if (syscall(SYS_statx, path, "", EMPTY_PATH_FLAG, STATX_MNT_ID_MASK, &status) != 0 ||
      (status.mask & STATX_MNT_ID_MASK) == 0) {
    return 0;
  }
  return status.words[144 / sizeof(uint64_t)];
}
