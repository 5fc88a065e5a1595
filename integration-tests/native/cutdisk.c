/* A disk that loses power.
 *
 *   cutdisk FILE SIZE PLACE
 *
 * serves FILE (made sparse, of SIZE bytes) at PLACE, a file to mount over, by FUSE. A loop device
 * over PLACE is a disk with a volatile cache: what is written is lost unless a flush (FUSE_FSYNC,
 * which the loop driver makes of a flush) followed. Lines on stdin, each answered by one on stdout:
 *
 *   cut SEED PERCENT WRITES
 *          power goes after that many more writes: of the blocks that were written since the last
 *          flush PERCENT are kept, by the seed, in any order, as an honest disk may; from then on
 *          writes are told to succeed, and nothing is written. Answers "cut KEPT LOST" then.
 *   now    power goes at once, if a cut was asked for and has not come. Answered by the cut alone.
 *   on     power is back. Answers "on".
 *
 * FILE.on is there as long as the power is: whoever finds it after a reply knows that the reply was
 * given before the cut. One thread: a cut comes between two requests. Ends when stdin does. */
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

enum { BLOCK = 4096, LARGEST_WRITE = 1 << 20 };

static int disk;           /* FILE */
static uint64_t disk_size; /* bytes */
static bool power = true;
static char *power_file; /* FILE.on */

/* The cut that was asked for. */
static bool armed;
static uint64_t cut_seed;
static unsigned cut_percent;
static uint64_t cut_writes;

/* Of each block that was written since the last flush, what it was then. */
static char **before;
static uint64_t *dirty;
static size_t dirty_count;

static void die(const char *what) {
  fprintf(stderr, "cutdisk: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void read_all(void *buffer, size_t size, uint64_t offset) {
  char *at = buffer;
  while (size > 0) {
    ssize_t got = pread(disk, at, size, (off_t)offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) die("read");
    at += got;
    offset += (uint64_t)got;
    size -= (size_t)got;
  }
}

static void write_all(const void *buffer, size_t size, uint64_t offset) {
  const char *at = buffer;
  while (size > 0) {
    ssize_t put = pwrite(disk, at, size, (off_t)offset);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) die("write");
    at += put;
    offset += (uint64_t)put;
    size -= (size_t)put;
  }
}

static void forget_before(void) {
  for (size_t i = 0; i < dirty_count; i++) {
    free(before[dirty[i]]);
    before[dirty[i]] = NULL;
  }
  dirty_count = 0;
}

static void remember_before(uint64_t offset, size_t size) {
  for (uint64_t block = offset / BLOCK; block * BLOCK < offset + size; block++) {
    if (before[block] == NULL) {
      before[block] = malloc(BLOCK);
      if (before[block] == NULL) die("memory");
      read_all(before[block], BLOCK, block * BLOCK);
      dirty[dirty_count++] = block;
    }
  }
}

/* xorshift64*: the same numbers for a seed everywhere. */
static uint64_t random_number(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 2685821657736338717ULL;
}

static void set_power(bool on) {
  power = on;
  if (on) {
    int file = open(power_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) die(power_file);
    close(file);
  } else if (unlink(power_file) < 0) {
    die(power_file);
  }
}

static void cut(void) {
  size_t kept = 0;
  size_t lost = 0;
  uint64_t state = cut_seed * 2 + 1;
  armed = false;
  set_power(false);
  for (int i = 0; i < 8; i++) random_number(&state); /* near seeds begin alike */
  for (size_t i = 0; i < dirty_count; i++) {
    if ((random_number(&state) >> 33) % 100 < cut_percent) {
      kept++;
    } else {
      lost++;
      write_all(before[dirty[i]], BLOCK, dirty[i] * BLOCK);
    }
  }
  forget_before();
  printf("cut %zu %zu\n", kept, lost);
  fflush(stdout);
}

/* False when nobody wants the disk any more. */
static bool obey(void) {
  static char line[256];
  static size_t length;
  ssize_t got = read(0, line + length, sizeof line - 1 - length);
  if (got <= 0) return false;
  length += (size_t)got;
  line[length] = 0;
  char *end;
  while ((end = strchr(line, '\n')) != NULL) {
    *end = 0;
    unsigned long long seed;
    unsigned percent;
    unsigned long long writes;
    if (sscanf(line, "cut %llu %u %llu", &seed, &percent, &writes) == 3) {
      cut_seed = seed;
      cut_percent = percent;
      cut_writes = writes;
      armed = true;
    } else if (strcmp(line, "now") == 0 && armed) {
      cut();
    } else if (strcmp(line, "on") == 0) {
      set_power(true);
      printf("on\n");
      fflush(stdout);
    }
    length -= (size_t)(end + 1 - line);
    memmove(line, end + 1, length + 1);
  }
  return true;
}

static void answer(int fuse, uint64_t unique, int error, const void *data, size_t size) {
  struct fuse_out_header head = {
      .len = (uint32_t)(sizeof head + size), .error = -error, .unique = unique};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, size}};
  if (writev(fuse, parts, size > 0 ? 2 : 1) < 0 && errno != ENOENT) die("answer");
}

static void tell_attributes(struct fuse_attr *attr) {
  memset(attr, 0, sizeof *attr);
  attr->ino = 1;
  attr->size = disk_size;
  attr->blocks = disk_size / 512;
  attr->mode = S_IFREG | 0600;
  attr->nlink = 1;
  attr->blksize = BLOCK;
}

static void answer_write(int fuse, const struct fuse_in_header *head, const char *body) {
  const struct fuse_write_in *in = (const void *)body;
  if (in->offset > disk_size || in->size > disk_size - in->offset) {
    answer(fuse, head->unique, ENOSPC, NULL, 0);
    return;
  }
  if (power) {
    remember_before(in->offset, in->size);
    write_all(body + sizeof *in, in->size, in->offset);
  }
  if (armed && cut_writes-- == 0) cut();
  struct fuse_write_out out = {.size = in->size};
  answer(fuse, head->unique, 0, &out, sizeof out);
}

static void answer_read(int fuse, const struct fuse_in_header *head, const char *body) {
  static char data[LARGEST_WRITE];
  const struct fuse_read_in *in = (const void *)body;
  uint64_t left = in->offset < disk_size ? disk_size - in->offset : 0;
  size_t size = in->size < sizeof data ? in->size : sizeof data;
  if (size > left) size = (size_t)left;
  read_all(data, size, in->offset);
  answer(fuse, head->unique, 0, data, size);
}

static void answer_init(int fuse, const struct fuse_in_header *head, const char *body) {
  const struct fuse_init_in *in = (const void *)body;
  struct fuse_init_out out = {
      .major = FUSE_KERNEL_VERSION,
      .minor = in->minor < FUSE_KERNEL_MINOR_VERSION ? in->minor : FUSE_KERNEL_MINOR_VERSION,
      .max_readahead = 0,
      .flags = FUSE_BIG_WRITES | FUSE_MAX_PAGES,
      .max_background = 16,
      .congestion_threshold = 12,
      .max_write = LARGEST_WRITE,
      .max_pages = LARGEST_WRITE / BLOCK,
      .time_gran = 1,
  };
  answer(fuse, head->unique, 0, &out, sizeof out);
}

static void serve_one(int fuse, const char *request) {
  const struct fuse_in_header *head = (const void *)request;
  const char *body = request + sizeof *head;
  switch (head->opcode) {
    case FUSE_INIT:
      answer_init(fuse, head, body);
      break;
    case FUSE_GETATTR: {
      struct fuse_attr_out out = {.attr_valid = 3600};
      tell_attributes(&out.attr);
      answer(fuse, head->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_SETATTR: { /* times; the size never changes */
      struct fuse_attr_out out = {.attr_valid = 3600};
      tell_attributes(&out.attr);
      answer(fuse, head->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_OPEN: {
      /* No second cache between the loop device and this program. */
      struct fuse_open_out out = {.fh = 1, .open_flags = FOPEN_DIRECT_IO};
      answer(fuse, head->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_READ:
      answer_read(fuse, head, body);
      break;
    case FUSE_WRITE:
      answer_write(fuse, head, body);
      break;
    case FUSE_FSYNC:
      forget_before();
      answer(fuse, head->unique, 0, NULL, 0);
      break;
    case FUSE_FLUSH:
    case FUSE_RELEASE:
    case FUSE_DESTROY:
      answer(fuse, head->unique, 0, NULL, 0);
      break;
    case FUSE_STATFS: {
      struct fuse_statfs_out out = {.st = {.bsize = BLOCK, .frsize = BLOCK, .namelen = 255}};
      answer(fuse, head->unique, 0, &out, sizeof out);
      break;
    }
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      break; /* these want no answer */
    default:
      answer(fuse, head->unique, ENOSYS, NULL, 0);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: cutdisk FILE SIZE PLACE\n");
    return 2;
  }
  disk_size = strtoull(argv[2], NULL, 10) / BLOCK * BLOCK;
  disk = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (disk < 0 || ftruncate(disk, (off_t)disk_size) < 0) die(argv[1]);
  before = calloc(disk_size / BLOCK, sizeof *before);
  dirty = calloc(disk_size / BLOCK, sizeof *dirty);
  static _Alignas(8) char request[LARGEST_WRITE + BLOCK];
  if (before == NULL || dirty == NULL) die("memory");
  if (asprintf(&power_file, "%s.on", argv[1]) < 0) die("memory");
  set_power(true);
  int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (fuse < 0) die("/dev/fuse");
  char options[128];
  snprintf(options, sizeof options, "fd=%d,rootmode=100600,user_id=0,group_id=0", fuse);
  if (mount("jct-cutdisk", argv[3], "fuse", MS_NOSUID | MS_NODEV, options) < 0) die(argv[3]);
  printf("ready\n");
  fflush(stdout);
  struct pollfd events[2] = {{.fd = fuse, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  while (true) {
    if (poll(events, 2, -1) < 0 && errno != EINTR) die("poll");
    if (events[1].revents != 0 && !obey()) break;
    if (events[0].revents != 0) {
      ssize_t got = read(fuse, request, sizeof request);
      if (got < 0 && errno == ENODEV) break; /* unmounted */
      if (got < 0 && errno != EINTR && errno != ENOENT && errno != EAGAIN) die("request");
      if (got > 0) serve_one(fuse, request);
    }
  }
  umount2(argv[3], MNT_DETACH);
  return 0;
}
