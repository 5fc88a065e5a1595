/* A libFuzzer target (LLVMFuzzerTestOneInput; arguments are separated by NUL, and mountinfo comes
 * after the first empty one) and, where libFuzzer is missing, its own loop, as in fuzz_request.c.
 * What must hold: no sanitizer speaks, places come after the directories they are in, and nothing
 * is mounted of what is to be left out. */
#include <stdint.h>
#include <string.h>

#include "../confine/plan.h"
#include "check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(const struct request *request, const struct mounts *mounts,
                        const struct place *place) {
  CHECK(place->path[0] == '/', "%s", place->path);
  if (place->kind != MOUNTED) return;
  bool below = false;
  for (size_t i = 0; i < request->path_count; i++)
    below |= !request->paths[i].writable && path_below(place->path, request->paths[i].path);
  CHECK(below, "%s is mounted below nothing kept", place->path);
  for (size_t i = 0; i < mounts->count; i++) {
    CHECK(mounts->list[i].id != place->mount_id ||
              strcmp(mounts->list[i].point, place->path) != 0 ||
              strcmp(mounts->list[i].type, "tmpfs") != 0,
          "%s", place->path);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* Exactly as large as the input, so that the sanitizer sees one byte too many. */
  char *copy = malloc(size + 1);
  CHECK(copy != NULL, "memory");
  memcpy(copy, data, size);
  copy[size] = '\0';
  char *args[65];
  int count = 0;
  size_t at = 0;
  while (at < size && count < 64 && copy[at] != '\0') {
    args[count++] = copy + at;
    at += strlen(copy + at) + 1;
  }
  args[count] = NULL;
  static struct request request;
  memset(&request, 0, sizeof request);
  struct request_error error;
  struct mounts mounts;
  if (request_parse(&request, count, args, &error)) {
    size_t left = at < size ? size - at - 1 : 0;
    char *text = malloc(left + 1);
    CHECK(text != NULL, "memory");
    memcpy(text, left > 0 ? copy + at + 1 : "", left);
    text[left] = '\0';
    /* What was read before a wrong line is sound as well. */
    (void)mountinfo_parse(text, &mounts);
    struct plan plan;
    CHECK(plan_make(&plan, &request, &mounts), "memory");
    for (size_t i = 0; i < plan.count; i++) {
      check_place(&request, &mounts, &plan.places[i]);
      CHECK(i == 0 || !path_below(plan.places[i - 1].path, plan.places[i].path), "%s",
            plan.places[i].path);
    }
    plan_free(&plan);
    mounts_free(&mounts);
    free(text);
  }
  free(copy);
  return 0;
}

#ifndef LIBFUZZER
static uint64_t state = 0x636f6e66;

static uint64_t next(uint64_t bound) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % bound;
}

static size_t put(char *input, size_t size, size_t room, const char *piece, size_t length) {
  if (size + length < room) {
    memcpy(input + size, piece, length);
    size += length;
  }
  return size;
}

static size_t put_text(char *input, size_t size, size_t room, const char *text) {
  return put(input, size, room, text, strlen(text));
}

#define PUT(text) size = put_text(input, size, sizeof input, text)

int main(void) {
  static const char *const keys[] = {
      "keep=", "writable=", "cgroup=", "cap=chown", "mounts=refused", "x"};
  static const char *const parts[] = {"/",     "/a",    "/b",    "/a",  "/b",    "/..", "/dev",
                                      "/proc", "\\040", "\\134", "\\0", "\\777", "a"};
  static const char *const types[] = {"ext4", "tmpfs", "overlay", "nsfs", "", "-"};
  enum { ROUNDS = 200000 };
#define PICK(list) list[next(sizeof list / sizeof list[0])]
  char input[2048];
  for (int round = 0; round < ROUNDS; round++) {
    size_t size = 0;
    for (uint64_t left = next(5); left > 0; left--) {
      PUT(PICK(keys));
      for (uint64_t depth = next(4); depth > 0; depth--) PUT(PICK(parts));
      size = put(input, size, sizeof input, "", 1);
    }
    size = put(input, size, sizeof input, "--\0/p\0", next(20) == 0 ? 3 : 7);
    for (uint64_t left = next(8); left > 0; left--) {
      static const char *const starts[] = {"1 2 0:1 / ", "2 2 0:1 / ",
                                           "99999999999999999999 2 0:1 / ", "1 "};
      PUT(PICK(starts));
      for (uint64_t depth = 1 + next(4); depth > 0; depth--) PUT(PICK(parts));
      PUT(next(8) == 0 ? " - " : " rw shared:1 - ");
      PUT(PICK(types));
      PUT(" s rw\n");
    }
    if (next(8) == 0) input[next(size)] = (char)next(256);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)input, size);
  }
  return 0;
}
#endif
