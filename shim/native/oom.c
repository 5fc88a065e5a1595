#include "oom.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"

enum { EVENTS_TEXT = 1024 };

static int64_t kills_in(const char *directory, const char *file) {
  char text[EVENTS_TEXT];
  char *path FREE = formatted("%s/%s", directory, file);
  return read_text(path, text, sizeof text) <= 0 ? -1 : cgroup_counter(text, "oom_kill");
}

/* On cgroup v2 a count includes what lies below: the pod's own, which outlives the container's. */
static int64_t kills_of_parent(const struct shim *shim) {
  char *directory FREE = formatted("%s", shim->memory_cgroup);
  char *slash = strrchr(directory, '/');
  if (slash == NULL) return -1;
  *slash = '\0';
  return kills_in(directory, "memory.events");
}

/* The kernel wakes us when a counter of the file has changed. A read both answers and re-arms it;
 * it fails once the cgroup is gone. */
static void changed(struct watch *watch, uint32_t events) {
  (void)events;
  struct shim *shim = watch->owner;
  char text[EVENTS_TEXT];
  ssize_t length = pread(watch->fd, text, sizeof text - 1, 0);
  if (length > 0) {
    text[length] = '\0';
    shim->oom_seen = cgroup_counter(text, "oom_kill") > 0;
  }
  if (length <= 0 || shim->oom_seen) loop_close(&shim->loop, watch);
}

/* systemd removes a scope's cgroup as soon as its last process is dead, and may be faster than we
 * are: so with v2 the kill is noticed when it happens. The v1 counters go only with our delete. */
void oom_watch(struct shim *shim) {
  shim->oom_seen = false;
  shim->oom = (struct watch){.fd = -1, .ready = changed, .owner = shim};
  if (shim->memory_cgroup == NULL || !shim->memory_unified) return;
  shim->oom_parent_before = kills_of_parent(shim);
  char *path FREE = formatted("%s/memory.events", shim->memory_cgroup);
  shim->oom.fd = open(path, O_RDONLY | O_CLOEXEC);
  if (shim->oom.fd < 0) return;
  loop_watch(&shim->loop, &shim->oom, EPOLLPRI);
  changed(&shim->oom, EPOLLPRI);
}

bool oom_happened(struct shim *shim, int signal) {
  loop_close(&shim->loop, &shim->oom);
  if (shim->oom_seen) return true;
  if (shim->memory_cgroup == NULL) return false;
  int64_t kills =
      kills_in(shim->memory_cgroup, shim->memory_unified ? "memory.events" : "memory.oom_control");
  if (kills >= 0) return kills > 0;
  /* Its cgroup is gone already. A SIGKILL that we did not send and a kill in the pod are one. */
  return shim->memory_unified && signal == SIGKILL && !shim->killed_by_us &&
         shim->oom_parent_before >= 0 && kills_of_parent(shim) > shim->oom_parent_before;
}
