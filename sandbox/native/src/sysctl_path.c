#include "request.h"

#include <stdio.h>
#include <string.h>

/* The System V and POSIX queue limits: everything in kernel/ that an ipc namespace owns. */
static const char *const ipc_sysctls[] = {
    "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni",          "kernel/sem",
    "kernel/shmall", "kernel/shmmax", "kernel/shm_rmid_forced", "kernel/shmmni",
};

static bool starts_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool refuse(const struct sysctl *sysctl, struct request_error *error, const char *why) {
  (void)snprintf(error->text, sizeof error->text, "sysctl %.*s %s", (int)sysctl->name_length,
                 sysctl->name, why);
  return false;
}

/* Both spellings of sysctl(8): "net.ipv4.conf.eth0/1.forwarding" and
 * "net/ipv4/conf/eth0.1/forwarding". The separator that comes first is the separator, and the other
 * one stands for a dot. */
static void to_path(const struct sysctl *sysctl, char path[MAX_SYSCTL_NAME]) {
  bool swap = false;
  for (size_t i = 0; i < sysctl->name_length; i++) {
    if (sysctl->name[i] == '.' || sysctl->name[i] == '/') {
      swap = sysctl->name[i] == '.';
      break;
    }
  }
  for (size_t i = 0; i < sysctl->name_length; i++) {
    char c = sysctl->name[i];
    path[i] = !swap ? c : c == '.' ? '/' : c == '/' ? '.' : c;
  }
  path[sysctl->name_length] = '\0';
}

/* No empty, "." or ".." part: the path must stay where its prefix says it is. */
static bool plain_parts(const char *path) {
  for (const char *part = path;;) {
    size_t length = strcspn(part, "/");
    if (length == 0 || (length == 1 && part[0] == '.') ||
        (length == 2 && part[0] == '.' && part[1] == '.')) {
      return false;
    }
    if (part[length] == '\0') return true;
    part += length + 1;
  }
}

static bool of_ipc(const char *path) {
  if (starts_with(path, "fs/mqueue/")) return true;
  for (size_t i = 0; i < sizeof ipc_sysctls / sizeof ipc_sysctls[0]; i++)
    if (strcmp(path, ipc_sysctls[i]) == 0) return true;
  return false;
}

bool sysctl_path(const struct request *request, const struct sysctl *sysctl,
                 char path[MAX_SYSCTL_NAME], struct request_error *error) {
  if (sysctl->name_length >= MAX_SYSCTL_NAME) return refuse(sysctl, error, "has too long a name");
  to_path(sysctl, path);
  if (!plain_parts(path)) return refuse(sysctl, error, "is not a sysctl name");
  if (starts_with(path, "net/")) {
    return request->net ||
           refuse(sysctl, error, "is not allowed: the pod uses the node's network namespace");
  }
  if (of_ipc(path)) {
    return request->ipc ||
           refuse(sysctl, error, "is not allowed: the pod uses the node's ipc namespace");
  }
  if (strcmp(path, "kernel/domainname") == 0) {
    return request->uts ||
           refuse(sysctl, error, "is not allowed: the pod uses the node's uts namespace");
  }
  return refuse(sysctl, error,
                "is not allowed: it belongs to the node, not to a namespace of the pod");
}
