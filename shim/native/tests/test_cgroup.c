#include "cgroup.h"
#include "check.h"

static const char V1[] =
    "9:name=systemd:/pods/c1\n4:cpu,cpuacct:/pods/c1\n3:memory:/pods/c:1\n0::/pods/c1\n";
static const char V2[] = "0::/kubepods.slice/pod.slice/c1.scope\n";

static const char MOUNTS[] =
    "22 1 0:20 / / rw - ext4 /dev/vda rw\n"
    "31 22 0:26 /docker/x /sys/fs/cgroup/memory rw,relatime shared:9 master:3 - cgroup cgroup "
    "rw,memory\n"
    "32 22 0:27 / /cg/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "33 22 0:28 / /cg2 rw - cgroup2 cgroup2 rw,nsdelegate\n";

static const char *path(const char *text, const char *controller) {
  static char found[64];
  size_t length;
  const char *at = cgroup_path(text, controller, &length);
  if (at == NULL) return "(none)";
  snprintf(found, sizeof found, "%.*s", (int)length, at);
  return found;
}

static void check_mounted(const char *controller, const char *below, const char *expected) {
  char *found = cgroup_mounted(MOUNTS, controller, below, strlen(below));
  CHECK_TEXT(found == NULL ? "(none)" : found, expected);
  free(found);
}

int main(void) {
  CHECK_TEXT(path(V1, "memory"), "/pods/c:1");
  CHECK_TEXT(path(V1, "cpuacct"), "/pods/c1");
  CHECK_TEXT(path(V1, "cpua"), "(none)");
  CHECK_TEXT(path(V1, "freezer"), "(none)");
  CHECK_TEXT(path(V1, ""), "/pods/c1");
  CHECK_TEXT(path(V2, "memory"), "(none)");
  CHECK_TEXT(path(V2, ""), "/kubepods.slice/pod.slice/c1.scope");
  CHECK_TEXT(path("nonsense\n::\n", "memory"), "(none)");

  /* What was cut off in reading it may be any other's name. */
  CHECK_TEXT(path("3:memory:/pods/c1\n0::/pods/c", ""), "(none)");
  check_mounted("memory", "/docker/x/pods/c1", "/sys/fs/cgroup/memory/pods/c1");
  check_mounted("memory", "/docker/xy/c1", "(none)");
  check_mounted("memory", "/elsewhere", "(none)");
  check_mounted("cpuacct", "/pods", "/cg/cpu/pods");
  check_mounted("", "/pods", "/cg2/pods");
  check_mounted("pids", "/pods", "(none)");

  CHECK(cgroup_counter("low 0\nhigh 0\nmax 7\noom 2\noom_kill 3\n", "oom_kill") == 3);
  CHECK(cgroup_counter("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", "oom_kill") == 1);
  CHECK(cgroup_counter("oom_kill_disable 1\nunder_oom 0\n", "oom_kill") == -1);
  CHECK(cgroup_counter("oom_kill x\n", "oom_kill") == -1);
  CHECK(cgroup_counter("", "oom_kill") == -1);
  CHECK(cgroup_counter("oom_kill 1", "oom_kill") == -1);
  return 0;
}
