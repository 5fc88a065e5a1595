/*
 * Writes lines of 80 bytes to stdout as fast as they are taken, for the seconds given; the last one
 * says how many there were. Each has its number, so that what is lost can be told.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 80, LINES_AT_ONCE = 800 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void write_all(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      perror("lines: write");
      exit(1);
    }
    bytes += written;
    count -= (size_t)written;
  }
}

/* The number in twelve digits at the start of the line. */
static void put_number(char *line, unsigned long number) {
  for (int i = 11; i >= 0; i--) {
    line[i] = (char)('0' + number % 10);
    number /= 10;
  }
}

int main(int argc, char **argv) {
  static char block[LINE * LINES_AT_ONCE];
  unsigned long number = 0;
  double end;

  if (argc != 2) {
    fprintf(stderr, "usage: lines SECONDS\n");
    return 2;
  }
  for (size_t i = 0; i < sizeof block; i++) {
    size_t column = i % LINE;
    block[i] = column == LINE - 1 ? '\n' : column == 12 ? ' ' : (char)('a' + column % 26);
  }
  end = now() + strtod(argv[1], NULL);
  do {
    for (size_t i = 0; i < LINES_AT_ONCE; i++) put_number(block + i * LINE, number++);
    write_all(block, sizeof block);
  } while (now() < end);
  printf("lines written: %lu\n", number);
  return 0;
}
