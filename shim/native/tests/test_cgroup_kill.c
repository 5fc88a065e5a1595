#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "cgroup_kill.h"
#include "check.h"
#include "tree.h"

/* No kernel gives a process such a number, all of which are below 2^22. */
enum { NOBODY = 1 << 22, PROCESSES = 20000 };

static char directory[] = "/tmp/jcri-test-cgroup-XXXXXX";

static void write_list(const char *last) {
  char *path FREE = formatted("%s/c/cgroup.procs", directory);
  FILE *file = fopen(path, "w");
  CHECK(file != NULL);
  for (int i = 1; i < PROCESSES; i++) fprintf(file, "%d\n", NOBODY + i);
  fputs(last, file);
  CHECK(fclose(file) == 0);
}

struct seen {
  int count;
  pid_t last;
};

static void count(pid_t pid, void *context) {
  struct seen *seen = context;
  CHECK(seen->count >= PROCESSES - 1 || pid == NOBODY + 1 + seen->count);
  seen->count++;
  seen->last = pid;
}

static void a_long_list_is_read_to_its_end(void) {
  char *path FREE = formatted("%s/c/cgroup.procs", directory);
  struct seen seen = {0};
  write_list("4711\n");
  cgroup_each_process(path, count, &seen);
  CHECK(seen.count == PROCESSES && seen.last == 4711);
  seen = (struct seen){0};
  write_list("0\n1\nx\n-5\n99999999999\n4711");
  cgroup_each_process(path, count, &seen);
  CHECK(seen.count == PROCESSES - 1 && seen.last == NOBODY + PROCESSES - 1);
}

static pid_t idle(void) {
  pid_t pid = fork();
  if (pid == 0)
    for (;;) pause();
  return pid;
}

/* A killed process may take a moment to die, but its stat tells of it at once. */
static bool lives(pid_t pid) { return !tree_dying(pid); }

static void end(pid_t pid) { CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid); }

/* What /proc tells of our own cgroup stands in for that of an exec. */
static struct cgroups cgroups_of(const char *path) {
  struct cgroups cgroups = {.exec_prefix = "freezer:"};
  char *text FREE = resized(NULL, CGROUP_TEXT);
  CHECK(read_text("/proc/self/cgroup", text, CGROUP_TEXT) > 0);
  size_t length;
  const char *own = cgroup_path(text, "freezer", &length);
  if (own == NULL) {
    cgroups.exec_prefix = "";
    own = cgroup_path(text, "", &length);
  }
  CHECK(own != NULL);
  cgroups.exec = formatted("%s/c", directory);
  cgroups.exec_path = path != NULL ? formatted("%s", path) : formatted("%.*s", (int)length, own);
  return cgroups;
}

static void drop(struct cgroups *cgroups) {
  free(cgroups->exec);
  free(cgroups->exec_path);
}

static void the_last_of_many_is_killed_and_a_cut_number_is_nobody(void) {
  struct cgroups cgroups = cgroups_of(NULL);
  pid_t member = idle(), bystander = idle();
  char *last FREE = formatted("%d\n%d", (int)member, (int)bystander);
  write_list(last);
  cgroup_kill(&cgroups, cgroups.exec);
  int status;
  CHECK(waitpid(member, &status, 0) == member);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  CHECK(lives(bystander));
  end(bystander);
  drop(&cgroups);
}

/* The number was listed, and is now that of a process elsewhere. */
static void who_has_the_number_of_a_member_that_is_gone_lives(void) {
  struct cgroups cgroups = cgroups_of("/pods/c1/jcri-exec-7");
  pid_t other = idle();
  char *last FREE = formatted("%d\n", (int)other);
  write_list(last);
  cgroup_kill(&cgroups, cgroups.exec);
  CHECK(lives(other));
  end(other);
  drop(&cgroups);
}

int main(void) {
  alarm(60); /* a member that nobody kills is waited for in vain */
  CHECK(mkdtemp(directory) != NULL);
  char *cgroup FREE = formatted("%s/c", directory);
  char *procs FREE = formatted("%s/cgroup.procs", cgroup);
  CHECK(mkdir(cgroup, 0700) == 0);
  a_long_list_is_read_to_its_end();
  the_last_of_many_is_killed_and_a_cut_number_is_nobody();
  who_has_the_number_of_a_member_that_is_gone_lives();
  CHECK(unlink(procs) == 0 && rmdir(cgroup) == 0 && rmdir(directory) == 0);
  return 0;
}
