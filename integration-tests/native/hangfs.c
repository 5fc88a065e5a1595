/* A file system that hangs.
 *
 *   hangfs PLACE
 *
 * is mounted on the folder PLACE by FUSE. Nobody who looks a name up in it gets an answer, before a
 * line comes on stdin: then all that waited, and all that come later, find that every name is an
 * empty folder. Says "ready" on stdout, and "asked" with the first lookup. Ends when stdin does,
 * and leaves the mount: all get an error then. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { REQUEST = 1 << 20, HELD = 256, INSIDE = 2 };

static int device;
static bool released, asked;
static uint64_t held[HELD];
static size_t held_count;

static void answer(uint64_t unique, int error, const void *body, size_t length) {
  struct fuse_out_header header = {
      .len = (uint32_t)(sizeof header + length), .error = -error, .unique = unique};
  struct iovec parts[] = {{&header, sizeof header}, {(void *)(uintptr_t)body, length}};
  /* Whoever asked may have been killed meanwhile. */
  if (writev(device, parts, 2) < 0 && errno != ENOENT && errno != ENODEV) {
    perror("hangfs: write");
    exit(1);
  }
}

static struct fuse_attr folder(uint64_t number) {
  return (struct fuse_attr){.ino = number, .mode = S_IFDIR | 0755, .nlink = 2, .blksize = 4096};
}

static void found(uint64_t unique) {
  struct fuse_entry_out entry = {.nodeid = INSIDE, .attr = folder(INSIDE)};
  answer(unique, 0, &entry, sizeof entry);
}

static void look_up(uint64_t unique) {
  if (!asked) {
    asked = true;
    puts("asked");
    fflush(stdout);
  }
  if (released)
    found(unique);
  else if (held_count < HELD)
    held[held_count++] = unique;
  else
    answer(unique, ENOMEM, NULL, 0);
}

static void serve(const struct fuse_in_header *request) {
  switch (request->opcode) {
    case FUSE_INIT: {
      struct fuse_init_out init = {
          .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096};
      answer(request->unique, 0, &init, sizeof init);
      break;
    }
    case FUSE_LOOKUP:
      look_up(request->unique);
      break;
    case FUSE_GETATTR: {
      struct fuse_attr_out attributes = {.attr = folder(request->nodeid)};
      answer(request->unique, 0, &attributes, sizeof attributes);
      break;
    }
    case FUSE_OPENDIR: {
      struct fuse_open_out open = {0};
      answer(request->unique, 0, &open, sizeof open);
      break;
    }
    case FUSE_READDIR:
    case FUSE_RELEASEDIR:
      answer(request->unique, 0, NULL, 0);
      break;
    case FUSE_STATFS: {
      struct fuse_statfs_out statistics = {.st = {.bsize = 4096, .namelen = 255}};
      answer(request->unique, 0, &statistics, sizeof statistics);
      break;
    }
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT: /* nobody is let go by a signal that does not kill */
      break;
    default:
      answer(request->unique, ENOSYS, NULL, 0);
  }
}

int main(int count, char **arguments) {
  if (count != 2) {
    fputs("usage: hangfs PLACE\n", stderr);
    return 2;
  }
  const char *place = arguments[1];
  device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  char options[128];
  (void)snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
                 device);
  if (device < 0 || mount("jct", place, "fuse", MS_NOSUID | MS_NODEV, options) != 0) {
    perror("hangfs: mount");
    return 1;
  }
  puts("ready");
  fflush(stdout);
  char *request = malloc(REQUEST);
  struct pollfd ends[] = {{.fd = device, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  while (request != NULL && poll(ends, 2, -1) > 0) {
    if (ends[1].revents != 0) {
      char line[64];
      if (read(0, line, sizeof line) <= 0) break;
      released = true;
      while (held_count > 0) found(held[--held_count]);
    }
    if (ends[0].revents == 0) continue;
    ssize_t length = read(device, request, REQUEST);
    if (length < 0 && (errno == EINTR || errno == ENOENT)) continue;
    if (length < 0) break; /* unmounted */
    serve((const struct fuse_in_header *)(void *)request);
  }
  free(request);
  return 0;
}
