#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"
#include "report.h"

void hostname_set(const struct request *request) {
  fault_at("hostname");
  if (request->hostname != NULL && sethostname(request->hostname, strlen(request->hostname)) != 0)
    die("hostname", errno, "cannot set the hostname to %s", request->hostname);
}

/* 0, or the errno; both the open and the write are subject to the sysctl's own permission check. */
static int write_at(int proc_sys, const char *path, const char *value) {
  int fd CLOSE = openat(proc_sys, path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return errno;
  size_t length = strlen(value);
  ssize_t written = write(fd, value, length);
  return written == (ssize_t)length ? 0 : written < 0 ? errno : EINVAL;
}

static uint32_t pod_root(const struct idmap *maps, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (maps[i].inside == 0) return maps[i].outside;
  return 0;
}

static void sysctl_write(const struct request *request, int proc_sys, const struct sysctl *sysctl) {
  char path[MAX_SYSCTL_NAME];
  struct request_error refused;
  if (!sysctl_path(request, sysctl, path, &refused)) die("sysctl", 0, "%s", refused.text);
  int error = write_at(proc_sys, path, sysctl->value);
  if (error == EACCES && request->user) {
    /* An ipc namespace inside a user namespace asks for that namespace's root by uid, and takes no
     * capability of the node's root instead. */
    uid_t root = pod_root(request->uidmaps, request->uidmap_count);
    if (setresuid((uid_t)-1, root, (uid_t)-1) != 0)
      die("sysctl", errno, "cannot act as the pod's root, uid %u", root);
    error = write_at(proc_sys, path, sysctl->value);
    if (setresuid((uid_t)-1, 0, (uid_t)-1) != 0)
      die("sysctl", errno, "cannot act as the node's root again");
  }
  if (error != 0) {
    die("sysctl", error, "cannot set sysctl %.*s to \"%s\"", (int)sysctl->name_length, sysctl->name,
        sysctl->value);
  }
}

void sysctls_write(const struct request *request) {
  fault_at("sysctl");
  if (request->sysctl_count == 0) return;
  int proc_sys CLOSE = open("/proc/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (proc_sys < 0) die("sysctl", errno, "cannot open /proc/sys");
  for (size_t i = 0; i < request->sysctl_count; i++)
    sysctl_write(request, proc_sys, &request->sysctls[i]);
}

void loopback_up(const struct request *request) {
  fault_at("loopback");
  if (!request->net) return;
  int fd CLOSE = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0); /* a kernel without IPv4 */
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback) != 0)
    die("loopback", errno, "cannot bring up lo of %s", request->id);
}

void oom_score_set(const struct request *request, pid_t child) {
  fault_at("oom");
  if (!request->has_oom_score_adj) return;
  char path[64];
  char value[16];
  (void)snprintf(path, sizeof path, "/proc/%d/oom_score_adj", child);
  int length = snprintf(value, sizeof value, "%d", request->oom_score_adj);
  int fd CLOSE = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) die("oom", errno, "cannot open %s", path);
  if (write(fd, value, (size_t)length) != length && errno != EACCES)
    die("oom", errno, "cannot set %s to %s", path, value);
}

void shm_mount(const struct request *request) {
  fault_at("shm");
  if (request->shm_bytes == 0) return;
  /* In a pod with a user namespace the mount belongs to the pod's root. */
  uint32_t uid = pod_root(request->uidmaps, request->uidmap_count);
  uint32_t gid = pod_root(request->gidmaps, request->gidmap_count);
  char options[128];
  (void)snprintf(options, sizeof options, "mode=1777,size=%" PRIu64 ",uid=%u,gid=%u",
                 request->shm_bytes, uid, gid);
  if (mkdir("shm", 0700) != 0) die("shm", errno, "cannot create %s/shm", request->directory);
  if (mount("shm", "shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options) != 0) {
    die("shm", errno, "cannot mount a tmpfs of %" PRIu64 " bytes on %s/shm", request->shm_bytes,
        request->directory);
  }
}

/* The name in stat's second field may hold spaces and brackets: count from the last bracket. */
static uint64_t start_time(pid_t child) {
  char path[64];
  char stat[1024];
  (void)snprintf(path, sizeof path, "/proc/%d/stat", child);
  int fd CLOSE = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, stat, sizeof stat - 1);
  if (length < 0) die("pidfile", errno, "cannot read %s", path);
  stat[length] = '\0';
  const char *at = strrchr(stat, ')');
  for (int field = 2; at != NULL && field < 22; field++) at = strchr(at + 1, ' ');
  uint64_t time = at == NULL ? 0 : strtoull(at + 1, NULL, 10);
  if (time == 0) die("pidfile", 0, "no start time in %s", path);
  return time;
}

uint64_t pidfile_write(pid_t child) {
  fault_at("pidfile");
  uint64_t time = start_time(child);
  char text[64];
  int length = snprintf(text, sizeof text, "%d %" PRIu64 "\n", child, time);
  int fd CLOSE = open("pause", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 || write(fd, text, (size_t)length) != length)
    die("pidfile", errno, "cannot write the file pause");
  return time;
}
