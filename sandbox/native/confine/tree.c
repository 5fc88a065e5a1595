#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/descriptor.h"
#include "../common/report.h"
#include "confine.h"
#include "mountcalls.h"
#include "plan.h"

/* A new tree is put together of copies of what is needed and becomes the root, instead of taking
 * one mount after the other out of the old tree: what is hidden below another mount goes too, and a
 * host with a thousand mounts costs no more than one with five. */

#define STAGE "mounts"

/* No kernel has more: fs.mount-max is 100,000, and a line a few hundred bytes. */
enum { MOUNTINFO_LIMIT = 256 << 20 };

/* Directories made in here, writable until all is in its place; open until the execve. */
static struct {
  int *mounts;
  size_t count;
} ways;

static void *checked(void *memory) {
  if (memory == NULL) die(STAGE, ENOMEM, "cannot note the mounts");
  return memory;
}

static char *mountinfo_read(void) {
  int fd CLOSE = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  size_t used = 0;
  size_t room = 64 << 10;
  char *text = checked(malloc(room));
  for (;;) {
    ssize_t got = fd < 0 ? -1 : read(fd, text + used, room - used - 1);
    if (got < 0 || used > MOUNTINFO_LIMIT)
      die(STAGE, got < 0 ? errno : EFBIG, "cannot read /proc/self/mountinfo");
    if (got == 0) {
      text[used] = '\0';
      return text;
    }
    used += (size_t)got;
    if (room - used < 8 << 10) {
      room *= 2;
      text = checked(realloc(text, room));
    }
  }
}

static bool is_of_a_way(int directory) {
  struct stat status;
  struct stat way;
  if (fstat(directory, &status) != 0) return false;
  for (size_t i = 0; i < ways.count; i++)
    if (fstat(ways.mounts[i], &way) == 0 && way.st_dev == status.st_dev) return true;
  return false;
}

/* Makes what the path needs to be mounted on, in directories made in here only. */
static int target_make(int root, const char *path, bool directory) {
  char part[NAME_MAX + 1];
  int at = dup(root);
  for (path++; at >= 0;) {
    size_t length = strcspn(path, "/");
    memcpy(part, path, length);
    part[length] = '\0';
    bool last = path[length] == '\0';
    int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC | (last ? 0 : O_DIRECTORY);
    int next = openat(at, part, flags);
    if (next < 0 && errno == ENOENT && is_of_a_way(at)) {
      if (last && !directory)
        next = openat(at, part, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
      else if (mkdirat(at, part, 0755) == 0)
        next = openat(at, part, flags);
    }
    int error = errno;
    close(at);
    errno = error;
    at = next;
    if (last) break;
    path += length + 1;
  }
  return at;
}

/* Attaches the mount and gives it what it may not. */
static void attach(int root, const char *path, int mount, bool directory, uint64_t attributes) {
  int target CLOSE = path_open(root, path + 1, O_PATH | O_NOFOLLOW, true);
  if (target < 0 && errno == ENOENT) target = target_make(root, path, directory);
  if (target < 0) die(STAGE, errno, "there is no way to %s", path);
  if (mount_attach(mount, target) != 0 || mount_restrict(mount, attributes) != 0)
    die(STAGE, errno, "cannot mount %s", path);
}

static void way_note(int mount) {
  if (mount < 0) die(STAGE, errno, "cannot make a tmpfs");
  ways.mounts = checked(realloc(ways.mounts, (ways.count + 1) * sizeof *ways.mounts));
  ways.mounts[ways.count++] = mount;
}

static uint64_t attributes_of(enum place_kind kind) {
  switch (kind) {
    case WRITABLE:
      return NO_SUID | NO_DEVICES;
    case PROC:
      return READ_ONLY | NO_SUID | NO_DEVICES | NO_EXEC;
    case DEVICE:
      return READ_ONLY | NO_SUID | NO_EXEC;
    case KEPT:
    case MOUNTED:
    case WAY:
      break;
  }
  return READ_ONLY | NO_SUID | NO_DEVICES;
}

static void place_make(int root, const struct place *place) {
  if (place->kind == WAY) {
    int mount = tmpfs_make();
    way_note(mount);
    attach(root, place->path, mount, true, NO_SUID | NO_DEVICES);
    return;
  }
  int source CLOSE = path_open(AT_FDCWD, place->path, O_PATH | O_NOFOLLOW, false);
  struct stat status;
  if (source < 0 || fstat(source, &status) != 0) {
    if (place->kind == DEVICE || place->kind == MOUNTED)
      return; /* not there, or hidden by another mount */
    if (errno != ELOOP) die(STAGE, errno, "cannot open %s", place->path);
  }
  if (source < 0 || S_ISLNK(status.st_mode))
    die(STAGE, 0, "%s leads through a symbolic link", place->path);
  uint64_t id = place->kind == MOUNTED ? mount_id(source) : 0;
  if (id != 0 && id != place->mount_id) return; /* hidden */
  bool directory = S_ISDIR(status.st_mode);
  if (place->kind == WRITABLE && !directory) die(STAGE, 0, "%s is no directory", place->path);
  int mount CLOSE = mount_copy(source);
  if (mount < 0) die(STAGE, errno, "cannot copy the mount of %s", place->path);
  attach(root, place->path, mount, directory, attributes_of(place->kind));
}

/* /bin, /lib and the like, which lead into /usr. */
static void links_copy(int root) {
  DIR *directory = opendir("/");
  if (directory == NULL) die(STAGE, errno, "cannot list /");
  for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    char target[PATH_MAX];
    ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);
    if (length > 0) {
      target[length] = '\0';
      if (symlinkat(target, root, entry->d_name) != 0)
        die(STAGE, errno, "cannot make the link /%s", entry->d_name);
    }
  }
  (void)closedir(directory);
}

/* What programs and shells expect beside the devices. */
static void device_links_make(int root) {
  static const char *const links[][2] = {
      {"/proc/self/fd", "fd"},
      {"/proc/self/fd/0", "stdin"},
      {"/proc/self/fd/1", "stdout"},
      {"/proc/self/fd/2", "stderr"},
  };
  int dev CLOSE = path_open(root, "dev", O_PATH | O_DIRECTORY, true);
  if (dev < 0 || !is_of_a_way(dev)) return;
  for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
    if (symlinkat(links[i][0], dev, links[i][1]) != 0)
      die(STAGE, errno, "cannot make the link /dev/%s", links[i][1]);
}

/* Mounted over the old root, which is still where absolute paths start. */
static int root_make(bool of_the_host) {
  int old CLOSE = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int root = of_the_host ? mount_copy(old) : tmpfs_make();
  if (root < 0 || mount_attach(root, old) != 0) die(STAGE, errno, "cannot make the root");
  if (of_the_host) {
    if (mount_restrict(root, READ_ONLY | NO_SUID | NO_DEVICES) != 0)
      die(STAGE, errno, "cannot make the root read-only");
  } else {
    way_note(root);
    links_copy(root);
  }
  return root;
}

static void ways_close(void) {
  for (size_t i = 0; i < ways.count; i++)
    if (mount_restrict(ways.mounts[i], READ_ONLY | NO_SUID | NO_DEVICES | NO_EXEC) != 0)
      die(STAGE, errno, "cannot make the ways read-only");
  free(ways.mounts);
  ways.mounts = NULL;
  ways.count = 0;
}

static void namespace_leave(void) {
  /* Private before all else: unmounting would reach the host, and its mounts would come in. */
  if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    die(STAGE, errno, "cannot leave the mount namespace");
}

static void root_change(int root) {
  if (fchdir(root) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
      umount2(".", MNT_DETACH) != 0 || chdir("/") != 0) {
    die(STAGE, errno, "cannot change the root");
  }
}

void tree_enter(const struct request *request) {
  namespace_leave();
  char *text = mountinfo_read();
  struct mounts mounts;
  struct plan plan;
  long wrong = mountinfo_parse(text, &mounts);
  if (wrong > 0) die(STAGE, 0, "cannot read line %ld of /proc/self/mountinfo", wrong);
  if (wrong < 0 || !plan_make(&plan, request, &mounts))
    die(STAGE, ENOMEM, "cannot note the mounts");
  bool of_the_host = strcmp(plan.places[0].path, "/") == 0;
  int root = root_make(of_the_host);
  for (size_t i = of_the_host ? 1 : 0; i < plan.count; i++) place_make(root, &plan.places[i]);
  device_links_make(root);
  ways_close();
  root_change(root);
  close(root);
  plan_free(&plan);
  mounts_free(&mounts);
  free(text);
}
