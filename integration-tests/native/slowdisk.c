/* A disk that takes its time.
 *
 *   slowdisk SIZE PLACE
 *
 * serves SIZE bytes of memory at PLACE, a file to mount over, by FUSE. A loop device over PLACE is
 * a disk that answers each read, write and flush a while after it has been asked, however many are
 * under way at once, as device mapper's delay target does where the kernel has one. A line on
 * stdin, answered by the same on stdout:
 *
 *   delay MICROSECONDS
 *          how long from now on; 0 at first.
 *
 * Ends when stdin does, and nothing of what it held is left. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 4096, LARGEST = 1 << 20, WAITING = 1024, UNDER_WAY = 256 };

/* An answer that is not due yet. */
struct answer {
  uint64_t unique;
  uint64_t due;     /* nanoseconds */
  const char *data; /* what was read, in the disk itself */
  uint32_t size;    /* of it, or of what was written */
  bool write;
};

static char *disk;
static uint64_t disk_size; /* bytes */
static uint64_t delay;     /* nanoseconds */

/* In the order in which they were asked for, which is that in which they are due but for those of
 * before a shorter delay: these hold up what comes after them. */
static struct answer waiting[WAITING];
static size_t first;
static size_t count;

static void die(const char *what) {
  fprintf(stderr, "slowdisk: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void reply(int fuse, uint64_t unique, int error, const void *data, size_t size) {
  struct fuse_out_header head = {
      .len = (uint32_t)(sizeof head + size), .error = -error, .unique = unique};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, size}};
  if (writev(fuse, parts, size > 0 ? 2 : 1) < 0 && errno != ENOENT) die("answer");
}

static void reply_to_first(int fuse) {
  struct answer *answer = &waiting[first];
  struct fuse_write_out written = {.size = answer->size};
  if (answer->write)
    reply(fuse, answer->unique, 0, &written, sizeof written);
  else
    reply(fuse, answer->unique, 0, answer->data, answer->size);
  first = (first + 1) % WAITING;
  count--;
}

static void reply_later(int fuse, struct answer answer) {
  if (count == WAITING) reply_to_first(fuse); /* more than FUSE lets be under way */
  answer.due = now() + delay;
  waiting[(first + count++) % WAITING] = answer;
}

/* Answers what is due; returns how long to wait for the next, as ppoll wants it, or NULL for ever.
 */
static const struct timespec *reply_to_due(int fuse) {
  static struct timespec left;
  while (count > 0) {
    uint64_t time = now();
    if (waiting[first].due > time) {
      uint64_t nanoseconds = waiting[first].due - time;
      left.tv_sec = (time_t)(nanoseconds / 1000000000);
      left.tv_nsec = (long)(nanoseconds % 1000000000);
      return &left;
    }
    reply_to_first(fuse);
  }
  return NULL;
}

/* False when nobody wants the disk any more. */
static bool obey(void) {
  static char line[64];
  static size_t length;
  ssize_t got = read(0, line + length, sizeof line - 1 - length);
  if (got <= 0) return false;
  length += (size_t)got;
  line[length] = 0;
  char *end;
  while ((end = strchr(line, '\n')) != NULL) {
    unsigned long long microseconds;
    if (sscanf(line, "delay %llu\n", &microseconds) == 1) {
      delay = microseconds * 1000;
      printf("delay %llu\n", microseconds);
      fflush(stdout);
    }
    length -= (size_t)(end + 1 - line);
    memmove(line, end + 1, length + 1);
  }
  return true;
}

static void serve_read(int fuse, const struct fuse_in_header *head, const char *body) {
  const struct fuse_read_in *in = (const void *)body;
  uint64_t left = in->offset < disk_size ? disk_size - in->offset : 0;
  uint32_t size = in->size < left ? in->size : (uint32_t)left;
  reply_later(fuse,
              (struct answer){.unique = head->unique, .data = disk + in->offset, .size = size});
}

static void serve_write(int fuse, const struct fuse_in_header *head, const char *body) {
  const struct fuse_write_in *in = (const void *)body;
  if (in->offset > disk_size || in->size > disk_size - in->offset) {
    reply(fuse, head->unique, ENOSPC, NULL, 0);
    return;
  }
  memcpy(disk + in->offset, body + sizeof *in, in->size);
  reply_later(fuse, (struct answer){.unique = head->unique, .size = in->size, .write = true});
}

static void serve_init(int fuse, const struct fuse_in_header *head, const char *body) {
  const struct fuse_init_in *in = (const void *)body;
  struct fuse_init_out out = {
      .major = FUSE_KERNEL_VERSION,
      .minor = in->minor < FUSE_KERNEL_MINOR_VERSION ? in->minor : FUSE_KERNEL_MINOR_VERSION,
      .max_readahead = 0,
      .flags = FUSE_BIG_WRITES | FUSE_MAX_PAGES | FUSE_ASYNC_READ | FUSE_ASYNC_DIO,
      .max_background = UNDER_WAY,
      .congestion_threshold = UNDER_WAY,
      .max_write = LARGEST,
      .max_pages = LARGEST / BLOCK,
      .time_gran = 1,
  };
  reply(fuse, head->unique, 0, &out, sizeof out);
}

static void serve_attributes(int fuse, const struct fuse_in_header *head) {
  struct fuse_attr_out out = {
      .attr_valid = 3600,
      .attr = {.ino = 1,
               .size = disk_size,
               .blocks = disk_size / 512,
               .mode = S_IFREG | 0600,
               .nlink = 1,
               .blksize = BLOCK},
  };
  reply(fuse, head->unique, 0, &out, sizeof out);
}

static void serve_one(int fuse, const char *request) {
  const struct fuse_in_header *head = (const void *)request;
  const char *body = request + sizeof *head;
  switch (head->opcode) {
    case FUSE_INIT:
      serve_init(fuse, head, body);
      break;
    case FUSE_GETATTR:
    case FUSE_SETATTR: /* times; the size never changes */
      serve_attributes(fuse, head);
      break;
    case FUSE_OPEN: {
      /* No second cache between the loop device and this program. */
      struct fuse_open_out out = {.fh = 1, .open_flags = FOPEN_DIRECT_IO};
      reply(fuse, head->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_READ:
      serve_read(fuse, head, body);
      break;
    case FUSE_WRITE:
      serve_write(fuse, head, body);
      break;
    case FUSE_FSYNC:
      reply_later(fuse, (struct answer){.unique = head->unique});
      break;
    case FUSE_FLUSH:
    case FUSE_RELEASE:
    case FUSE_DESTROY:
      reply(fuse, head->unique, 0, NULL, 0);
      break;
    case FUSE_STATFS: {
      struct fuse_statfs_out out = {.st = {.bsize = BLOCK, .frsize = BLOCK, .namelen = 255}};
      reply(fuse, head->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      break; /* these want no answer */
    default:
      reply(fuse, head->unique, ENOSYS, NULL, 0);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: slowdisk SIZE PLACE\n");
    return 2;
  }
  disk_size = strtoull(argv[1], NULL, 10) / BLOCK * BLOCK;
  disk = mmap(NULL, disk_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
              -1, 0);
  if (disk == MAP_FAILED) die("memory");
  static _Alignas(8) char request[LARGEST + BLOCK];
  int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (fuse < 0) die("/dev/fuse");
  char options[128];
  snprintf(options, sizeof options, "fd=%d,rootmode=100600,user_id=0,group_id=0", fuse);
  if (mount("jct-slowdisk", argv[2], "fuse", MS_NOSUID | MS_NODEV, options) < 0) die(argv[2]);
  printf("ready\n");
  fflush(stdout);
  struct pollfd events[2] = {{.fd = fuse, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  while (true) {
    if (ppoll(events, 2, reply_to_due(fuse), NULL) < 0 && errno != EINTR) die("poll");
    if (events[1].revents != 0 && !obey()) break;
    if (events[0].revents != 0) {
      ssize_t got = read(fuse, request, sizeof request);
      if (got < 0 && errno == ENODEV) break; /* unmounted */
      if (got < 0 && errno != EINTR && errno != ENOENT && errno != EAGAIN) die("request");
      if (got > 0) serve_one(fuse, request);
    }
  }
  umount2(argv[2], MNT_DETACH);
  return 0;
}
