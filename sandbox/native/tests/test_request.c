#include <string.h>

#include "../src/request.h"
#include "check.h"

static struct request request;
static struct request_error error;

static bool parse(int count, const char *const args[]) {
  memset(&request, 0, sizeof request);
  memset(&error, 0, sizeof error);
  char *copies[8];
  for (int i = 0; i < count; i++) copies[i] = (char *)(size_t)args[i];
  return request_parse(&request, count, copies, &error);
}

#define PARSE(...)                                                     \
  parse((int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), \
        (const char *[]){__VA_ARGS__})
#define REFUSED(wanted, ...)                                                              \
  do {                                                                                    \
    CHECK(!PARSE(__VA_ARGS__), "%s", wanted);                                             \
    CHECK(strstr(error.text, wanted) != NULL, "\"%s\" lacks \"%s\"", error.text, wanted); \
  } while (0)

static void takes_every_key(void) {
  CHECK(PARSE("id=a", "dir=/d", "new=net", "new=uts", "hostname=h", "oom=-998", "cgroup=/a",
              "cgroup=/b"),
        "%s", error.text);
  CHECK(request.net && request.uts && !request.ipc && !request.pid && !request.user, "flags");
  CHECK(request.has_oom_score_adj && request.oom_score_adj == -998, "%d", request.oom_score_adj);
  CHECK(request.cgroup_count == 2 && strcmp(request.cgroups[1], "/b") == 0, "cgroups");
  CHECK(PARSE("id=a", "dir=/d", "new=ipc", "shm=67108864"), "%s", error.text);
  CHECK(request.shm_bytes == 67108864, "shm");
}

static void takes_id_mappings(void) {
  CHECK(PARSE("id=a", "dir=/d", "new=user", "uidmap=0 100000 1000", "uidmap=1000 4294901760 65535",
              "gidmap=0 100000 65536"),
        "%s", error.text);
  CHECK(request.uidmap_count == 2 && request.gidmap_count == 1, "counts");
  CHECK(request.uidmaps[1].inside == 1000 && request.uidmaps[1].outside == 4294901760U, "range");
  REFUSED("uidmap=0 100000 0", "id=a", "dir=/d", "new=user", "uidmap=0 100000 0");
  REFUSED("uidmap=0 4294901761 65535", "id=a", "dir=/d", "new=user", "uidmap=0 4294901761 65535");
  REFUSED("uidmap=0 1", "id=a", "dir=/d", "uidmap=0 1");
  REFUSED("gidmap=-1 1 1", "id=a", "dir=/d", "gidmap=-1 1 1");
  REFUSED("gidmap=0 1 1x", "id=a", "dir=/d", "gidmap=0 1 1x");
  REFUSED("no uid mapping", "id=a", "dir=/d", "new=user", "uidmap=1 100000 10", "gidmap=0 1 1");
  REFUSED("no gid mapping", "id=a", "dir=/d", "new=user", "uidmap=0 100000 10");
  REFUSED("need a user namespace", "id=a", "dir=/d", "uidmap=0 100000 10");
}

static void refuses_what_it_does_not_know(void) {
  REFUSED("id and dir", "id=a");
  REFUSED("\"nonsense\"", "id=a", "dir=/d", "nonsense");
  REFUSED("\"new=mnt\"", "id=a", "dir=/d", "new=mnt");
  REFUSED("\"key=value\"", "id=a", "dir=/d", "key=value");
  REFUSED("\"dir=relative\"", "id=a", "dir=relative");
  REFUSED("\"cgroup=relative\"", "id=a", "dir=/d", "cgroup=relative");
  REFUSED("\"id=b\"", "id=a", "id=b");
  REFUSED("\"id=\"", "id=");
  REFUSED("\"oom=1001\"", "id=a", "dir=/d", "oom=1001");
  REFUSED("\"oom=-\"", "id=a", "dir=/d", "oom=-");
  REFUSED("\"shm=99999999999999999999\"", "id=a", "dir=/d", "shm=99999999999999999999");
  REFUSED("hostname h needs", "id=a", "dir=/d", "hostname=h");
  REFUSED("shm needs", "id=a", "dir=/d", "shm=1");
  REFUSED("cannot use the argument", "id=a\nok 1 1", "dir=/d");
}

static void expect_path(const char *argument, const char *wanted) {
  CHECK(PARSE("id=a", "dir=/d", "new=net", "new=ipc", "new=uts", argument), "%s", error.text);
  char path[MAX_SYSCTL_NAME];
  CHECK(sysctl_path(&request, &request.sysctls[0], path, &error), "%s", error.text);
  CHECK(strcmp(path, wanted) == 0, "%s is not %s", path, wanted);
}

static void reads_sysctl_names(void) {
  expect_path("sysctl=net.ipv4.ip_forward=1", "net/ipv4/ip_forward");
  expect_path("sysctl=net/ipv4/ip_forward=1", "net/ipv4/ip_forward");
  expect_path("sysctl=net.ipv4.conf.eth0/1.forwarding=1", "net/ipv4/conf/eth0.1/forwarding");
  expect_path("sysctl=net/ipv4/conf/eth0.1/forwarding=1", "net/ipv4/conf/eth0.1/forwarding");
  expect_path("sysctl=kernel.sem=1 2 3=4+5", "kernel/sem");
  CHECK(strcmp(request.sysctls[0].value, "1 2 3=4+5") == 0, "value %s", request.sysctls[0].value);
  expect_path("sysctl=fs.mqueue.msg_max=20", "fs/mqueue/msg_max");
  expect_path("sysctl=kernel.domainname=d", "kernel/domainname");
}

static void refuses_sysctls_of_the_node(void) {
#define NODE_SYSCTL(name) \
  REFUSED("sysctl " name, "id=a", "dir=/d", "new=net", "new=ipc", "new=uts", "sysctl=" name "=1")
  NODE_SYSCTL("vm.swappiness");
  NODE_SYSCTL("kernel.core_pattern");
  NODE_SYSCTL("kernel.hostname");
  NODE_SYSCTL("kernel.sem2");
  NODE_SYSCTL("fs.file-max");
  NODE_SYSCTL("net/../kernel/core_pattern");
  NODE_SYSCTL("net/./x");
  NODE_SYSCTL("net..x");
  NODE_SYSCTL("net.");
  NODE_SYSCTL("/net/x");
  NODE_SYSCTL("net.//.kernel.core_pattern");
  REFUSED("network namespace", "id=a", "dir=/d", "new=ipc", "sysctl=net.ipv4.ip_forward=1");
  REFUSED("ipc namespace", "id=a", "dir=/d", "new=net", "sysctl=kernel.shmmax=1");
  REFUSED("uts namespace", "id=a", "dir=/d", "new=net", "sysctl=kernel.domainname=d");
  REFUSED("sysctl=noequals", "id=a", "dir=/d", "sysctl=noequals");
  REFUSED("sysctl==1", "id=a", "dir=/d", "sysctl==1");
}

static void bounds_the_name(void) {
  char argument[MAX_SYSCTL_NAME + 32] = "sysctl=net.";
  size_t at = strlen(argument);
  memset(argument + at, 'a', MAX_SYSCTL_NAME);
  memcpy(argument + at + MAX_SYSCTL_NAME, "=1", 3);
  REFUSED("too long", "id=a", "dir=/d", "new=net", argument);
}

int main(void) {
  takes_every_key();
  takes_id_mappings();
  refuses_what_it_does_not_know();
  reads_sysctl_names();
  refuses_sysctls_of_the_node();
  bounds_the_name();
  return 0;
}
