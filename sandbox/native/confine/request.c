#include "request.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* By their numbers; capabilities(7). */
/* clang-format off */
static const char *const capability_names[] = {
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw",
    "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct",
    "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod",
    "lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog",
    "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore",
};
/* clang-format on */
enum { CAPABILITIES = sizeof capability_names / sizeof capability_names[0] };

static bool refuse(struct request_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(struct request_error *error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  (void)vsnprintf(error->text, sizeof error->text, format, args);
  va_end(args);
  return false;
}

/* Absolute, and each part a name: no empty one, no "." and no "..". */
static bool is_normal(const char *path) {
  if (*path != '/' || strlen(path) >= PATH_MAX) return false;
  for (const char *part = path; *part == '/' && path[1] != '\0';) {
    part++;
    size_t length = strcspn(part, "/");
    if (length == 0 || length > NAME_MAX || (length == 1 && part[0] == '.') ||
        (length == 2 && part[0] == '.' && part[1] == '.')) {
      return false;
    }
    part += length;
  }
  return true;
}

bool path_below(const char *path, const char *directory) {
  size_t length = strlen(directory);
  if (length == 1) return path[1] != '\0';
  return strncmp(path, directory, length) == 0 && path[length] == '/';
}

static bool add_cgroup(struct request *request, const char *path) {
  if (request->cgroup_count == MAX_CGROUPS || !is_normal(path)) return false;
  request->cgroups[request->cgroup_count++] = path;
  return true;
}

/* /proc and /dev are made by the program itself. */
static bool is_own(const char *path) {
  return strcmp(path, "/proc") == 0 || path_below(path, "/proc") || strcmp(path, "/dev") == 0 ||
         path_below(path, "/dev");
}

static bool add_path(struct request *request, const char *path, bool writable) {
  if (request->path_count == MAX_PATHS || !is_normal(path) || is_own(path) ||
      (writable && path[1] == '\0')) {
    return false;
  }
  for (size_t i = 0; i < request->path_count; i++)
    if (strcmp(request->paths[i].path, path) == 0) return false;
  request->paths[request->path_count++] = (struct named_path){path, writable};
  return true;
}

static bool add_capability(struct request *request, const char *name) {
  for (unsigned number = 0; number < CAPABILITIES; number++) {
    if (strcmp(capability_names[number], name) == 0) {
      request->capabilities |= UINT64_C(1) << number;
      return true;
    }
  }
  return false;
}

static bool refuse_mounts(struct request *request, const char *value) {
  request->mounts_refused = true;
  return strcmp(value, "refused") == 0;
}

static bool parse_one(struct request *request, const char *argument) {
#define VALUE_OF(key) (strncmp(argument, key "=", sizeof key) == 0 ? argument + sizeof key : NULL)
  const char *value;
  if ((value = VALUE_OF("cgroup")) != NULL) return add_cgroup(request, value);
  if ((value = VALUE_OF("keep")) != NULL) return add_path(request, value, false);
  if ((value = VALUE_OF("writable")) != NULL) return add_path(request, value, true);
  if ((value = VALUE_OF("cap")) != NULL) return add_capability(request, value);
  if ((value = VALUE_OF("mounts")) != NULL) return refuse_mounts(request, value);
#undef VALUE_OF
  return false;
}

bool request_parse(struct request *request, int count, char *const args[],
                   struct request_error *error) {
  int at = 0;
  for (; at < count && strcmp(args[at], "--") != 0; at++)
    if (!parse_one(request, args[at]))
      return refuse(error, "cannot use the argument \"%.200s\"", args[at]);
  if (at + 1 >= count) return refuse(error, "no program after --");
  request->program = args + at + 1;
  if (!is_normal(request->program[0])) {
    return refuse(error, "the program's path is not absolute and normal: \"%.200s\"",
                  request->program[0]);
  }
  return true;
}
