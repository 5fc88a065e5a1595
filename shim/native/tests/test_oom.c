#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "oom.h"

static char pod[] = "/tmp/jcri-shim-oom-XXXXXX";

static void kills(const char *directory, const char *count) {
  char *file FREE = formatted("%s/memory.events", directory);
  char *text FREE = formatted("low 0\noom 9\noom_kill %s\n", count);
  FILE *out = fopen(file, "w");
  CHECK(out != NULL && fputs(text, out) >= 0 && fclose(out) == 0);
}

/* What is told of a container whose own cgroup was gone when it was looked for. */
static bool told_by_the_pod(const char *before, const char *after, bool stranger) {
  struct loop loop = {0};
  struct cgroups cgroups = {.memory_unified = true};
  struct oom oom = {0};
  kills(pod, before);
  oom_expect(&oom, formatted("%s", pod));
  kills(pod, after);
  oom_watch(&oom, &loop, &cgroups);
  bool happened = oom_happened(&oom, stranger);
  free(oom.pod);
  return happened;
}

static void a_kill_in_the_pod_since_before_the_start_is_its_own(void) {
  CHECK(told_by_the_pod("1", "2", true));
  CHECK(!told_by_the_pod("1", "1", true));
  CHECK(!told_by_the_pod("1", "2", false));
  CHECK(!told_by_the_pod("x", "2", true));
}

/* Another of the pod's may have been killed meanwhile. */
static void its_own_counter_is_better(void) {
  struct loop loop = {0};
  char *own FREE = formatted("%s/c", pod);
  struct cgroups cgroups = {.memory = own, .memory_unified = true};
  struct oom oom = {0};
  CHECK(mkdir(own, 0700) == 0);
  kills(own, "0");
  kills(pod, "1");
  oom_watch(&oom, &loop, &cgroups); /* nobody told it the pod's */
  CHECK_TEXT(oom.pod, pod);
  kills(pod, "2");
  CHECK(!oom_happened(&oom, true));
  kills(own, "1");
  CHECK(oom_happened(&oom, false));
  char *file FREE = formatted("%s/memory.events", own);
  CHECK(unlink(file) == 0 && rmdir(own) == 0);
  CHECK(oom_happened(&oom, true));
  free(oom.pod);
}

int main(void) {
  CHECK(mkdtemp(pod) != NULL);
  a_kill_in_the_pod_since_before_the_start_is_its_own();
  its_own_counter_is_better();
  char *file FREE = formatted("%s/memory.events", pod);
  CHECK(unlink(file) == 0 && rmdir(pod) == 0);
  return 0;
}
