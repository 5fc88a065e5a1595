/* jcri-confine's arguments, what it reads of mountinfo, and the tree it plans. */
#include <string.h>

#include "../confine/plan.h"
#include "check.h"

static struct request request;
static struct request_error error;

static bool parse(int count, const char *const args[]) {
  static char *copies[MAX_PATHS + 8];
  memset(&request, 0, sizeof request);
  memset(&error, 0, sizeof error);
  for (int i = 0; i < count; i++) copies[i] = (char *)(size_t)args[i];
  copies[count] = NULL;
  return request_parse(&request, count, copies, &error);
}

#define COUNT_OF(...) (sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))
#define PARSE(...) parse((int)COUNT_OF(__VA_ARGS__), (const char *[]){__VA_ARGS__})
#define REFUSED(wanted, ...)                                                              \
  do {                                                                                    \
    CHECK(!PARSE(__VA_ARGS__), "%s", wanted);                                             \
    CHECK(strstr(error.text, wanted) != NULL, "\"%s\" lacks \"%s\"", error.text, wanted); \
  } while (0)

static void takes_every_key(void) {
  CHECK(PARSE("cgroup=/c/1", "cgroup=/c/2", "keep=/", "keep=/usr", "writable=/var/lib/x",
              "cap=chown", "cap=sys_admin", "cap=checkpoint_restore", "mounts=refused", "--",
              "/bin/p", "--", "cap=no"),
        "%s", error.text);
  CHECK(request.cgroup_count == 2 && strcmp(request.cgroups[1], "/c/2") == 0, "cgroups");
  CHECK(request.path_count == 3 && request.paths[2].writable && !request.paths[1].writable,
        "paths");
  CHECK(request.capabilities == (UINT64_C(1) | UINT64_C(1) << 21 | UINT64_C(1) << 40), "%llx",
        (unsigned long long)request.capabilities);
  CHECK(request.mounts_refused, "mounts");
  CHECK(strcmp(request.program[1], "--") == 0 && strcmp(request.program[2], "cap=no") == 0 &&
            request.program[3] == NULL,
        "arguments");
  CHECK(PARSE("--", "/p"), "%s", error.text);
}

static void refuses_what_it_does_not_know(void) {
  static const char *const wrong[] = {
      "",
      "keep",
      "keep=",
      "keep=usr",
      "keep=/usr/",
      "keep=//usr",
      "keep=/a//b",
      "keep=/a/..",
      "keep=/./a",
      "keep=/proc",
      "keep=/dev/kvm",
      "keep=/proc/sys",
      "writable=/",
      "writable=/dev",
      "cgroup=c",
      "cgroup=/c/../d",
      "cap=",
      "cap=CHOWN",
      "cap=cap_chown",
      "cap=all",
      "mounts=",
      "mounts=yes",
      "Keep=/usr",
      "unknown=/usr",
      "writable=",
      "-h",
      "keep=/usr\t/..",
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    CHECK(!PARSE(wrong[i], "--", "/p"), "taken: %s", wrong[i]);
    CHECK(strstr(error.text, wrong[i]) != NULL, "%s", error.text);
  }
  REFUSED("keep=/usr", "keep=/usr", "keep=/usr", "--", "/p");
  REFUSED("writable=/usr", "keep=/usr", "writable=/usr", "--", "/p");
  REFUSED("no program", "keep=/usr");
  REFUSED("no program", "keep=/usr", "--");
  REFUSED("\"/bin/p\"", "keep=/usr", "/bin/p");
  REFUSED("\"p\"", "--", "p");
  REFUSED("\"/../p\"", "--", "/../p");
}

static void bounds_paths(void) {
  static char names[MAX_PATHS + 1][32];
  const char *args[MAX_PATHS + 3];
  for (int i = 0; i <= MAX_PATHS; i++) {
    (void)snprintf(names[i], sizeof names[i], "keep=/%d", i);
    args[i] = names[i];
  }
  args[MAX_PATHS] = "--";
  args[MAX_PATHS + 1] = "/p";
  CHECK(parse(MAX_PATHS + 2, args), "%s", error.text);
  args[MAX_PATHS] = names[MAX_PATHS];
  args[MAX_PATHS + 1] = "--";
  args[MAX_PATHS + 2] = "/p";
  CHECK(!parse(MAX_PATHS + 3, args), "too many paths");
  static char path[8192] = "keep=/";
  memset(path + 6, 'a', 256);
  CHECK(!PARSE(path, "--", "/p"), "a name of 256 bytes");
  path[6 + 255] = '\0';
  CHECK(PARSE(path, "--", "/p"), "%s", error.text);
  for (size_t at = 6; at < 6 + 5000; at += 2) memcpy(path + at, "a/", 2);
  memcpy(path + 6 + 5000, "a", 2);
  CHECK(!PARSE(path, "--", "/p"), "a path of 5000 bytes");
}

#define LINE(id, point, type) \
  #id " 27 254:0 / " point " rw,relatime shared:1 master:2 - " type " /dev/x rw\n"

static struct mounts mounts;
static char *text;

static long read_mounts(const char *lines) {
  text = malloc(strlen(lines) + 1);
  CHECK(text != NULL, "memory");
  memcpy(text, lines, strlen(lines) + 1);
  return mountinfo_parse(text, &mounts);
}

static void free_mounts(void) {
  mounts_free(&mounts);
  free(text);
}

static void reads_mountinfo(void) {
  CHECK(read_mounts(
            "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
            "27 1 254:0 / / rw - ext4 /dev/vda rw\n"
            "30 27 0:4 net:[4026532008] /a\\040b\\011c\\012d\\134e\\0 rw shared:1 - nsfs nsfs rw\n"
            "31 27 0:5 / /x rw -  none rw") == 4,
        "the empty type of the fourth line");
  CHECK(mounts.count == 3, "%zu", mounts.count);
  CHECK(mounts.list[0].id == 22 && strcmp(mounts.list[0].point, "/proc") == 0 &&
            strcmp(mounts.list[0].type, "proc") == 0,
        "first");
  CHECK(strcmp(mounts.list[2].point, "/a b\tc\nd\\e\\0") == 0, "%s", mounts.list[2].point);
  CHECK(strcmp(mounts.list[2].type, "nsfs") == 0, "%s", mounts.list[2].type);
  free_mounts();
  static const char *const wrong[] = {
      "x 27 0:1 / /p rw - t s rw\n",
      "1 27 0:1 / p rw - t s rw\n",
      "1 27 0:1 / /p rw t s rw\n",
      "1 27 0:1 / /p rw -",
      "1 27 0:1  /p rw - t s rw\n",
      "\n",
      "1",
      "1x 2 3 / /p rw - t s\n",
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    CHECK(read_mounts(wrong[i]) == 1, "%s", wrong[i]);
    free_mounts();
  }
  CHECK(read_mounts("") == 0 && mounts.count == 0, "nothing");
  free_mounts();
}

/* An overlay of many lower layers has a line of many pages. */
static void reads_long_lines(void) {
  enum { OPTIONS = 200000, LINES = 300 };
  static char lines[OPTIONS + LINES * 64];
  char *at = lines + sprintf(lines, "1 2 0:1 / /long rw - overlay overlay rw,lowerdir=");
  memset(at, 'l', OPTIONS);
  at += OPTIONS;
  for (int i = 0; i < LINES; i++) at += sprintf(at, "\n%d 2 0:1 / /%d rw - ext4 s rw", i, i);
  CHECK(read_mounts(lines) == 0 && mounts.count == LINES + 1, "%zu", mounts.count);
  CHECK(
      strcmp(mounts.list[0].type, "overlay") == 0 && strcmp(mounts.list[LINES].point, "/299") == 0,
      "long");
  free_mounts();
}

/* "kind path" of all but what is always there, with spaces between. */
static void expect_plan(const char *lines, const char *wanted) {
  static const char *const kinds[] = {"kept", "writable", "mounted", "proc", "device", "way"};
  CHECK(read_mounts(lines) == 0, "%s", lines);
  struct plan plan;
  CHECK(plan_make(&plan, &request, &mounts), "memory");
  char got[2048] = "";
  for (size_t i = 0; i < plan.count; i++) {
    enum place_kind kind = plan.places[i].kind;
    if (kind != PROC && kind != DEVICE) {
      size_t used = strlen(got);
      (void)snprintf(got + used, sizeof got - used, "%s%s %s", used == 0 ? "" : " ", kinds[kind],
                     plan.places[i].path);
    }
  }
  CHECK(strcmp(got, wanted) == 0, "%s", got);
  plan_free(&plan);
  free_mounts();
}

static void takes_along_what_is_mounted_below_a_kept_directory(void) {
  CHECK(PARSE("keep=/etc", "keep=/usr", "--", "/p"), "%s", error.text);
  expect_plan(LINE(1, "/", "ext4") LINE(2, "/etc/hosts", "ext4") LINE(3, "/usr/local", "xfs") LINE(
                  4, "/etcetera", "xfs") LINE(5, "/home", "xfs") LINE(6, "/etc/a\\040b", "ext4"),
              "kept /etc mounted /etc/a b mounted /etc/hosts kept /usr mounted /usr/local");
}

static void leaves_out_what_would_be_pinned_or_is_secret(void) {
  CHECK(PARSE("keep=/k", "--", "/p"), "%s", error.text);
  expect_plan(LINE(1, "/k/root", "overlay") LINE(2, "/k/root/proc", "proc")
                  LINE(3, "/k/net", "nsfs") LINE(4, "/k/secret", "tmpfs")
                      LINE(5, "/k/secret/below", "ext4") LINE(6, "/k/auto", "autofs")
                          LINE(7, "/k/twice", "ext4") LINE(8, "/k/twice", "tmpfs"),
              "kept /k");
}

static void takes_nothing_along_into_a_writable_directory(void) {
  CHECK(PARSE("keep=/k", "writable=/k/w", "keep=/k/w/k", "--", "/p"), "%s", error.text);
  expect_plan(LINE(1, "/k/w", "ext4") LINE(2, "/k/w/a", "ext4") LINE(3, "/k/w/k/m", "ext4")
                  LINE(4, "/k/m", "ext4"),
              "kept /k mounted /k/m writable /k/w kept /k/w/k mounted /k/w/k/m");
}

static void makes_the_way_to_a_place_in_what_is_left_out(void) {
  CHECK(PARSE("keep=/", "keep=/run/resolve", "writable=/var/lib/x", "--", "/p"), "%s", error.text);
  expect_plan(
      LINE(1, "/", "ext4") LINE(2, "/run", "tmpfs") LINE(3, "/run/user", "tmpfs")
          LINE(4, "/var", "xfs") LINE(5, "/var/lib", "xfs") LINE(6, "/dev", "devtmpfs")
              LINE(7, "/dev/shm", "tmpfs") LINE(8, "/home", "xfs"),
      "kept / way /dev way /run kept /run/resolve way /var way /var/lib writable /var/lib/x");
  CHECK(PARSE("keep=/run/resolve", "--", "/p"), "%s", error.text);
  expect_plan(LINE(1, "/", "ext4") LINE(2, "/run", "tmpfs"), "kept /run/resolve");
}

int main(void) {
  takes_every_key();
  refuses_what_it_does_not_know();
  bounds_paths();
  reads_mountinfo();
  reads_long_lines();
  takes_along_what_is_mounted_below_a_kept_directory();
  leaves_out_what_would_be_pinned_or_is_secret();
  takes_nothing_along_into_a_writable_directory();
  makes_the_way_to_a_place_in_what_is_left_out();
  return 0;
}
