#include "oom.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS_TEXT = 1024 };

static int64_t kills_in(const char *directory, const char *file) {
  char text[EVENTS_TEXT];
  char *path FREE = directory == NULL ? NULL : formatted("%s/%s", directory, file);
  return path == NULL || read_text(path, text, sizeof text) <= 0 ? -1
                                                                 : cgroup_counter(text, "oom_kill");
}

/* On cgroup v2 a count includes what lies below: the pod's own, which outlives the container's. */
void oom_expect(struct oom *oom, char *pod) {
  free(oom->pod);
  oom->pod = pod;
  oom->pod_before = kills_in(pod, "memory.events");
}

static char *parent(const char *directory) {
  const char *slash = strrchr(directory, '/');
  return slash == NULL ? NULL : formatted("%.*s", (int)(slash - directory), directory);
}

/* The kernel wakes us when a counter of the file has changed. A read both answers and re-arms it;
 * it fails once the cgroup is gone. */
static void changed(struct watch *watch, uint32_t events) {
  (void)events;
  struct oom *oom = watch->owner;
  char text[EVENTS_TEXT];
  ssize_t length = pread(watch->fd, text, sizeof text - 1, 0);
  if (length > 0) {
    text[length] = '\0';
    oom->seen = cgroup_counter(text, "oom_kill") > 0;
  }
  if (length <= 0 || oom->seen) loop_close(oom->loop, watch);
}

/* systemd removes a scope's cgroup as soon as its last process is dead, and may be faster than we
 * are: so with v2 the kill is noticed when it happens. The v1 counters go only with our delete. */
void oom_watch(struct oom *oom, struct loop *loop, const struct cgroups *cgroups) {
  oom->loop = loop;
  oom->cgroups = cgroups;
  oom->watch = (struct watch){.fd = -1, .ready = changed, .owner = oom};
  if (cgroups->memory == NULL || !cgroups->memory_unified) return;
  if (oom->pod == NULL) oom_expect(oom, parent(cgroups->memory));
  char *path FREE = formatted("%s/memory.events", cgroups->memory);
  if (path == NULL) return;
  oom->watch.fd = open(path, O_RDONLY | O_CLOEXEC);
  if (oom->watch.fd < 0) return;
  loop_watch(loop, &oom->watch, EPOLLPRI);
  changed(&oom->watch, EPOLLPRI);
}

bool oom_happened(struct oom *oom, bool stranger) {
  const struct cgroups *cgroups = oom->cgroups;
  loop_close(oom->loop, &oom->watch);
  if (oom->seen) return true;
  int64_t kills =
      kills_in(cgroups->memory, cgroups->memory_unified ? "memory.events" : "memory.oom_control");
  if (kills >= 0) return kills > 0;
  /* Its cgroup is gone already, perhaps before it was seen. The code of a SIGKILL that we did not
   * send and a kill in the pod are one. */
  return stranger && oom->pod_before >= 0 && kills_in(oom->pod, "memory.events") > oom->pod_before;
}
