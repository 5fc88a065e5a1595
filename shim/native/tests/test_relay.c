#include <fcntl.h>
#include <unistd.h>

#include "check.h"
#include "relay.h"

static int finished;

static void count(struct relay *relay) {
  CHECK(!relay_active(relay));
  finished++;
}

static void copies_to_the_end(void) {
  struct loop loop = {0};
  struct relay relay = RELAY_NONE;
  int in[2], out[2];
  char data[5000], got[5000];
  loop_open(&loop);
  CHECK(pipe(in) == 0 && pipe(out) == 0);
  fcntl(out[1], F_SETPIPE_SZ, 4096);
  CHECK(relay_reserve(&relay));
  relay_start(&relay, &loop, in[0], out[1], count, NULL);
  memset(data, 'd', sizeof data);
  CHECK(write_all(in[1], data, sizeof data));
  close(in[1]);
  size_t length = 0;
  finished = 0;
  while (finished == 0) {
    loop_turn(&loop);
    if (finished == 0 && length < 904) { /* makes room for the rest beyond the pipe's 4096 */
      ssize_t some = read(out[0], got, 4096);
      CHECK(some > 0);
      length += (size_t)some;
    }
  }
  ssize_t rest;
  while ((rest = read(out[0], got, sizeof got)) > 0) length += (size_t)rest;
  CHECK(length == sizeof data && rest == 0 && finished == 1);
  close(out[0]);
  close(loop.epoll);
}

static void ends_though_the_source_stays_open(void) {
  struct loop loop = {0};
  struct relay relay = RELAY_NONE;
  int in[2], out[2];
  char got[16];
  loop_open(&loop);
  CHECK(pipe(in) == 0 && pipe(out) == 0);
  CHECK(relay_reserve(&relay));
  relay_start(&relay, &loop, in[0], out[1], count, NULL);
  CHECK(write_all(in[1], "late", 4));
  finished = 0;
  relay_end(&relay);
  CHECK(finished == 1);
  CHECK(read(out[0], got, sizeof got) == 4 && read(out[0], got, sizeof got) == 0);
  close(in[1]);
  close(out[0]);
  close(loop.epoll);
}

static int fired[3], order;

static void fire(struct timer *timer) { *(int *)timer->owner = ++order; }

static void timers_fire_in_order(void) {
  struct loop loop = {0};
  struct timer timers[3];
  loop_open(&loop);
  for (int i = 0; i < 3; i++) timers[i] = (struct timer){.fired = fire, .owner = &fired[i]};
  timer_arm(&loop, &timers[0], 2);
  timer_arm(&loop, &timers[1], 1);
  timer_arm(&loop, &timers[2], 0);
  timer_disarm(&loop, &timers[1]);
  timer_disarm(&loop, &timers[1]);
  while (order < 2) loop_turn(&loop);
  CHECK(fired[2] == 1 && fired[0] == 2 && fired[1] == 0 && loop.timers == NULL);
  close(loop.epoll);
}

int main(void) {
  copies_to_the_end();
  ends_though_the_source_stays_open();
  timers_fire_in_order();
  return 0;
}
