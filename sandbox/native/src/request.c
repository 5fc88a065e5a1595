#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool refuse(struct request_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(struct request_error *error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  (void)vsnprintf(error->text, sizeof error->text, format, args);
  va_end(args);
  return false;
}

static bool has_control_character(const char *text) {
  for (; *text != '\0'; text++)
    if (((unsigned char)*text < ' ' && *text != '\t') || *text == 127) return true;
  return false;
}

/* Decimal digits up to limit, and what follows them; no sign, no space, no empty number. */
static bool parse_number(const char **text, uint64_t limit, uint64_t *number) {
  const char *at = *text;
  uint64_t value = 0;
  if (*at < '0' || *at > '9') return false;
  for (; *at >= '0' && *at <= '9'; at++) {
    uint64_t digit = (uint64_t)(*at - '0');
    if (value > (limit - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *text = at;
  *number = value;
  return true;
}

static bool parse_whole(const char *text, uint64_t limit, uint64_t *number) {
  return parse_number(&text, limit, number) && *text == '\0';
}

/* "inside outside count", each a u32, and no range may leave the u32 ids. */
static bool parse_idmap(const char *text, struct idmap *map) {
  uint64_t inside = 0;
  uint64_t outside = 0;
  uint64_t count = 0;
  if (!parse_number(&text, UINT32_MAX, &inside) || *text++ != ' ' ||
      !parse_number(&text, UINT32_MAX, &outside) || *text++ != ' ' ||
      !parse_number(&text, UINT32_MAX, &count) || *text != '\0') {
    return false;
  }
  /* 2^32-1 is "no id" to the kernel. */
  if (count == 0 || inside + count > UINT32_MAX || outside + count > UINT32_MAX) return false;
  *map = (struct idmap){(uint32_t)inside, (uint32_t)outside, (uint32_t)count};
  return true;
}

static bool parse_namespace(struct request *request, const char *name) {
  bool *flag = strcmp(name, "net") == 0    ? &request->net
               : strcmp(name, "ipc") == 0  ? &request->ipc
               : strcmp(name, "uts") == 0  ? &request->uts
               : strcmp(name, "pid") == 0  ? &request->pid
               : strcmp(name, "user") == 0 ? &request->user
                                           : NULL;
  if (flag == NULL) return false;
  *flag = true;
  return true;
}

static bool parse_oom_score_adj(struct request *request, const char *text) {
  bool negative = *text == '-';
  uint64_t number = 0;
  if (!parse_whole(negative ? text + 1 : text, 1000, &number)) return false;
  request->oom_score_adj = negative ? -(int)number : (int)number;
  request->has_oom_score_adj = true;
  return true;
}

static bool add_sysctl(struct request *request, const char *text) {
  const char *equals = strchr(text, '=');
  if (equals == NULL || equals == text || request->sysctl_count == MAX_SYSCTLS) return false;
  request->sysctls[request->sysctl_count++] =
      (struct sysctl){text, (size_t)(equals - text), equals + 1};
  return true;
}

static bool add_idmap(struct idmap maps[MAX_IDMAPS], size_t *count, const char *text) {
  if (*count == MAX_IDMAPS || !parse_idmap(text, &maps[*count])) return false;
  (*count)++;
  return true;
}

static bool add_cgroup(struct request *request, const char *path) {
  if (*path != '/' || request->cgroup_count == MAX_CGROUPS) return false;
  request->cgroups[request->cgroup_count++] = path;
  return true;
}

static bool set_text(const char **field, const char *value, bool path) {
  if (*field != NULL || *value == '\0' || (path && *value != '/')) return false;
  *field = value;
  return true;
}

static bool parse_one(struct request *request, const char *key, size_t key_length,
                      const char *value) {
#define KEY_IS(name) (key_length == sizeof(name) - 1 && memcmp(key, name, key_length) == 0)
  if (KEY_IS("id")) return set_text(&request->id, value, false);
  if (KEY_IS("dir")) return set_text(&request->directory, value, true);
  if (KEY_IS("new")) return parse_namespace(request, value);
  if (KEY_IS("hostname")) return set_text(&request->hostname, value, false);
  if (KEY_IS("sysctl")) return add_sysctl(request, value);
  if (KEY_IS("cgroup")) return add_cgroup(request, value);
  if (KEY_IS("uidmap")) return add_idmap(request->uidmaps, &request->uidmap_count, value);
  if (KEY_IS("gidmap")) return add_idmap(request->gidmaps, &request->gidmap_count, value);
  if (KEY_IS("oom")) return parse_oom_score_adj(request, value);
  if (KEY_IS("shm")) return parse_whole(value, INT64_MAX, &request->shm_bytes);
#undef KEY_IS
  return false;
}

static bool maps_root(const struct idmap *maps, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (maps[i].inside == 0) return true;
  return false;
}

/* What only the whole request can show. */
static bool check_whole(const struct request *request, struct request_error *error) {
  if (request->id == NULL || request->directory == NULL)
    return refuse(error, "id and dir are needed");
  if (request->hostname != NULL && !request->uts)
    return refuse(error, "hostname %s needs a uts namespace of the pod's own", request->hostname);
  if (request->shm_bytes != 0 && !request->ipc)
    return refuse(error, "shm needs an ipc namespace of the pod's own");
  if (!request->user && (request->uidmap_count != 0 || request->gidmap_count != 0))
    return refuse(error, "id mappings need a user namespace");
  if (request->user && !maps_root(request->uidmaps, request->uidmap_count))
    return refuse(error, "no uid mapping starts at the pod's uid 0");
  if (request->user && !maps_root(request->gidmaps, request->gidmap_count))
    return refuse(error, "no gid mapping starts at the pod's gid 0");
  char path[MAX_SYSCTL_NAME];
  for (size_t i = 0; i < request->sysctl_count; i++)
    if (!sysctl_path(request, &request->sysctls[i], path, error)) return false;
  return true;
}

bool request_parse(struct request *request, int count, char *const args[],
                   struct request_error *error) {
  for (int i = 0; i < count; i++) {
    const char *equals = strchr(args[i], '=');
    if (equals == NULL || has_control_character(args[i]) ||
        !parse_one(request, args[i], (size_t)(equals - args[i]), equals + 1)) {
      return refuse(error, "cannot use the argument \"%.200s\"", args[i]);
    }
  }
  return check_whole(request, error);
}
