/*
 * Writes lines of 80 bytes to stdout for the seconds given, as fast as they are taken or, with a
 * second number, that many megabytes a second; the last line says how many there were, and how long
 * the longest write took. Each has its number, so that what is lost can be told.
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

static double longest; /* seconds that a write took */

static void write_all(const char *bytes, size_t count) {
  while (count > 0) {
    double began = now();
    ssize_t written = write(STDOUT_FILENO, bytes, count);
    double took = now() - began;
    if (took > longest) longest = took;
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

/* Waits until as much may have been written. */
static void wait_for(double time) {
  double left = time - now();
  struct timespec pause = {.tv_sec = (time_t)left};
  if (left <= 0) return;
  pause.tv_nsec = (long)((left - (double)pause.tv_sec) * 1e9);
  nanosleep(&pause, NULL);
}

int main(int argc, char **argv) {
  static char block[LINE * LINES_AT_ONCE];
  unsigned long number = 0;
  double begin = now(), end, rate;

  if (argc != 2 && argc != 3) {
    fprintf(stderr, "usage: lines SECONDS [MEGABYTES]\n");
    return 2;
  }
  for (size_t i = 0; i < sizeof block; i++) {
    size_t column = i % LINE;
    block[i] = column == LINE - 1 ? '\n' : column == 12 ? ' ' : (char)('a' + column % 26);
  }
  end = begin + strtod(argv[1], NULL);
  rate = argc == 3 ? strtod(argv[2], NULL) * 1e6 : 0;
  do {
    for (size_t i = 0; i < LINES_AT_ONCE; i++) put_number(block + i * LINE, number++);
    write_all(block, sizeof block);
    if (rate > 0) wait_for(begin + (double)number * LINE / rate);
  } while (now() < end);
  printf("lines written: %lu, the longest write: %.1f ms\n", number, longest * 1000);
  return 0;
}
