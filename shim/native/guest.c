#include "guest.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RETRY_MILLIS = 1000, ANSWER_TEXT = 512 };

int guest_exit_code(const char *printed) {
  static const char KEY[] = "\"exitStatus\":";
  const char *at = strstr(printed, KEY);
  if (at == NULL) return -1;
  at += sizeof KEY - 1;
  at += strspn(at, " ");
  char number[8];
  size_t length = strspn(at, "0123456789");
  if (length == 0 || length >= sizeof number) return -1;
  memcpy(number, at, length);
  number[length] = '\0';
  int64_t code;
  return parse_number(number, 0, 255, &code) ? (int)code : -1;
}

bool guest_oom_killed(const char *printed) { return strstr(printed, "\"oomKilled\":true") != NULL; }

/* A process that is there and ends is told by its pidfd, zombie or not. */
static bool host_process_lives(const struct guest *guest) {
  struct pollfd poll_fd = {.fd = guest->host_process, .events = POLLIN};
  return guest->host_process >= 0 && poll(&poll_fd, 1, 0) == 0;
}

static void ended(struct guest *guest, int exit_code) {
  close_owned(&guest->host_process);
  guest->ended(guest, exit_code);
}

/* One that was killed itself, or that the runtime could not serve, says nothing of the container:
 * as long as that may live, it is asked for again. */
static void wait_ended(struct child *child, int status) {
  struct guest *guest = child->owner;
  char printed[ANSWER_TEXT];
  ssize_t length = read(guest->answer, printed, sizeof printed - 1);
  close_owned(&guest->answer);
  printed[length > 0 ? length : 0] = '\0';
  int exit_code = status == 0 ? guest_exit_code(printed) : -1;
  if (exit_code >= 0) {
    guest->oom_killed = guest_oom_killed(printed);
    ended(guest, exit_code);
  } else if (!guest->deleted && host_process_lives(guest)) {
    timer_arm(guest->loop, &guest->retry, RETRY_MILLIS);
  } else {
    struct refusal refusal;
    child_error(guest->runtime, child, status, printed, &refusal);
    fprintf(stderr, "the exit code of container %s is lost: %s\n", guest->options->id,
            refusal.text);
    ended(guest, GUEST_LOST);
  }
  child_free(child);
}

static void wait_for_end(struct guest *guest) {
  struct command command;
  struct refusal refusal;
  int ends[2] = {-1, -1};
  char *log_path = formatted("%s/runtime-wait.log", guest->options->state);
  bool begun = false;
  if (log_path != NULL && pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    command_init(&command, guest->runtime, log_path);
    command_add(&command, "wait", guest->options->id, NULL);
    const int stdio[3] = {-1, ends[1], -1};
    guest->answer = ends[0];
    struct child *child =
        runtime_spawn(guest->runtime, &command, log_path, stdio, wait_ended, guest, &refusal);
    begun = child != NULL;
    if (begun) child->only_waits = true;
  } else {
    free(log_path);
  }
  close_owned(&ends[1]);
  if (begun) return;
  close_owned(&ends[0]);
  guest->answer = -1;
  timer_arm(guest->loop, &guest->retry, RETRY_MILLIS);
}

static void wait_again(struct timer *timer) { wait_for_end(timer->owner); }

void guest_begin(struct guest *guest, pid_t pid) {
  guest->present = true;
  guest->host_process = (int)syscall(SYS_pidfd_open, pid, 0);
  wait_for_end(guest);
}

void guest_deleted(struct guest *guest) {
  guest->deleted = true;
  if (!guest->retry.armed) return;
  timer_disarm(guest->loop, &guest->retry);
  ended(guest, GUEST_LOST);
}

/* A request for a signal that the runtime is passing on. */
struct delivery {
  struct guest *guest;
  struct conn *conn; /* NULL when nobody wants to know, or does no more */
  uint32_t request;
};

static void delivered(struct child *child, int status) {
  struct delivery *delivery = child->owner;
  struct conn *conn = delivery->conn;
  if (conn != NULL) {
    conn->session = NULL;
    conn->closed = NULL;
    if (status == 0) {
      conn_reply_ok(conn, delivery->request);
    } else {
      struct refusal refusal;
      child_error(delivery->guest->runtime, child, status, NULL, &refusal);
      conn_reply_error(conn, delivery->request, refusal.text);
    }
  }
  child_free(child);
  free(delivery);
}

static void client_gone(struct conn *conn) {
  struct delivery *delivery = conn->session;
  delivery->conn = NULL;
  conn->session = NULL;
}

/* The number is that of a process of the container, 0 for its first. */
static struct delivery *deliver(struct guest *guest, int64_t number, int signal,
                                struct refusal *refusal) {
  static unsigned count;
  const int silent[3] = {-1, -1, -1};
  char signal_word[16], number_word[32];
  char *log_path = formatted("%s/runtime-kill-%u.log", guest->options->state, ++count);
  struct delivery *delivery = log_path == NULL ? NULL : new_zeroed(sizeof *delivery);
  if (delivery == NULL) {
    free(log_path);
    refuse_for_memory(refusal);
    return NULL;
  }
  delivery->guest = guest;
  snprintf(signal_word, sizeof signal_word, "%d", signal);
  snprintf(number_word, sizeof number_word, "%lld", (long long)number);
  struct command command;
  command_init(&command, guest->runtime, log_path);
  command_add(&command, "kill", NULL);
  if (number != 0) command_add(&command, "--pid", number_word, NULL);
  command_add(&command, guest->options->id, signal_word, NULL);
  if (runtime_spawn(guest->runtime, &command, log_path, silent, delivered, delivery, refusal))
    return delivery;
  free(delivery);
  return NULL;
}

void guest_signal(struct guest *guest, struct conn *conn, uint32_t id, int signal) {
  struct refusal refusal;
  if (conn->session != NULL) {
    conn_reply_error(conn, id, "connection is in use");
    return;
  }
  struct delivery *delivery = deliver(guest, 0, signal, &refusal);
  if (delivery == NULL) {
    conn_reply_error(conn, id, refusal.text);
    return;
  }
  delivery->conn = conn;
  delivery->request = id;
  conn->session = delivery;
  conn->closed = client_gone;
}

bool guest_sigkill(struct guest *guest) {
  struct refusal refusal;
  return deliver(guest, 0, SIGKILL, &refusal) != NULL;
}

void guest_sigkill_exec(struct guest *guest, const char *number_path) {
  char text[32];
  int64_t number;
  struct refusal refusal;
  if (read_text(number_path, text, sizeof text) <= 0) return;
  text[strcspn(text, "\n")] = '\0';
  if (parse_number(text, 1, INT32_MAX, &number)) deliver(guest, number, SIGKILL, &refusal);
}

void guest_init(struct guest *guest) {
  guest->host_process = guest->answer = -1;
  guest->retry = (struct timer){.fired = wait_again, .owner = guest};
}
