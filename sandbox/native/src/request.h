#ifndef JCRI_REQUEST_H
#define JCRI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is asked of one run, as argv carries it: one "key=value" per argument. See main.c. */

enum {
  MAX_SYSCTLS = 256,
  MAX_CGROUPS = 32,
  MAX_IDMAPS = 340, /* the kernel's own limit */
  MAX_SYSCTL_NAME = 256,
};

struct sysctl {
  const char *name; /* as asked, for messages; not terminated at name_length */
  size_t name_length;
  const char *value;
};

struct idmap {
  uint32_t inside;
  uint32_t outside;
  uint32_t count;
};

struct request {
  const char *id;
  const char *directory;
  const char *hostname; /* NULL: leave it */
  bool net, ipc, uts, pid, user;
  bool has_oom_score_adj;
  int oom_score_adj;
  uint64_t shm_bytes; /* 0: no shm */
  size_t sysctl_count, cgroup_count, uidmap_count, gidmap_count;
  struct sysctl sysctls[MAX_SYSCTLS];
  const char *cgroups[MAX_CGROUPS];
  struct idmap uidmaps[MAX_IDMAPS];
  struct idmap gidmaps[MAX_IDMAPS];
};

struct request_error {
  char text[320];
};

/* Fills request, which comes zeroed and whose strings then point into args; false with a text that
 * names the argument. */
bool request_parse(struct request *request, int count, char *const args[],
                   struct request_error *error);

/* The path below /proc/sys of a sysctl, or false with the reason. Only sysctls that belong to a
 * namespace of the pod are let through: another one would change the node. */
bool sysctl_path(const struct request *request, const struct sysctl *sysctl,
                 char path[MAX_SYSCTL_NAME], struct request_error *error);

#endif
