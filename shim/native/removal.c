#include "removal.h"

#include <stdlib.h>
#include <unistd.h>

#include "conn.h"
#include "container.h"
#include "exec.h"
#include "output.h"
#include "runtime.h"

/* How long a killed process may take to end before the runtime is asked to end it. */
enum { STUBBORN_MILLIS = 2000 };

/* How long the runtime may take to delete before it is killed, so that a delete can be retried. */
enum { DELETE_MILLIS = 30000 };

/* How often a shim that was not asked to start yet looks whether somebody is there to ask. */
enum { FORSAKEN_MILLIS = 10000 };

static void answer_deletes(struct shim *shim, const char *error) {
  for (struct conn *conn = shim->conns; conn != NULL; conn = conn->next) {
    uint32_t id = conn->delete_id;
    conn->delete_id = 0;
    if (id == 0 || conn->dead) continue;
    if (error != NULL)
      conn_reply_error(conn, id, error);
    else
      conn_reply_ok(conn, id);
  }
}

static void runtime_deleted(struct shim *shim, struct child *child, int status) {
  char *error FREE = status == 0 ? NULL : child_error(shim, child, status, NULL);
  child_free(child);
  shim->delete_child = NULL;
  timer_disarm(&shim->loop, &shim->delete_limit);
  if (error == NULL) {
    shim->deleted = true;
    removal_advance(shim);
  } else {
    shim->deleting = false;
    answer_deletes(shim, error);
  }
}

static void run_delete(struct shim *shim) {
  const int silent[3] = {-1, -1, -1};
  char *log_path = formatted("%s/runtime-delete.log", shim->options.state);
  char *error FREE = NULL;
  struct command command;
  command_init(&command, shim, log_path);
  command_add(&command, "delete");
  command_add(&command, "--force");
  command_add(&command, shim->options.id);
  shim->delete_child =
      runtime_spawn(shim, &command, log_path, silent, runtime_deleted, NULL, &error);
  if (error == NULL) {
    timer_arm(&shim->loop, &shim->delete_limit, DELETE_MILLIS);
    return;
  }
  free(log_path);
  shim->deleting = false;
  answer_deletes(shim, error);
}

static void stubborn(struct timer *timer) {
  struct shim *shim = timer->owner;
  /* A frozen container takes the signal only when the runtime thaws it. */
  if (shim->state == STATE_RUNNING && shim->delete_child == NULL) run_delete(shim);
}

void removal_begin(struct shim *shim) {
  timer_disarm(&shim->loop, &shim->stubborn);
  if (shim->delete_child == NULL && shim->runtime_knows && !shim->deleted) run_delete(shim);
  removal_advance(shim);
}

static void finish(struct shim *shim) {
  output_close(shim);
  unlink(shim->socket_path);
  answer_deletes(shim, NULL);
  shim->done = true;
}

void removal_advance(struct shim *shim) {
  if (!shim->deleting || shim->delete_child != NULL) return;
  if (shim->start_child != NULL) {
    child_kill(shim->start_child);
  } else if (shim->state == STATE_RUNNING) {
    container_sigkill(shim);
    if (!shim->stubborn.armed) timer_arm(&shim->loop, &shim->stubborn, STUBBORN_MILLIS);
  } else if (shim->runtime_knows && !shim->deleted) {
    run_delete(shim);
  } else {
    finish(shim);
  }
}

void container_delete(struct conn *conn, uint32_t id) {
  struct shim *shim = conn->shim;
  conn->delete_id = id;
  shim->deleting = true;
  exec_kill_all(shim);
  removal_advance(shim);
}

static void delete_hangs(struct timer *timer) {
  struct shim *shim = timer->owner;
  if (shim->delete_child != NULL) child_kill(shim->delete_child);
}

/* Who starts a shim keeps a connection. One that was killed meanwhile, before anything tells of the
 * shim, will never come back: nobody could end this process any more. */
static void forsaken(struct timer *timer) {
  struct shim *shim = timer->owner;
  if (shim->state != STATE_CREATED || shim->deleting) return;
  if (shim->conns == NULL) {
    shim->deleting = true;
    removal_advance(shim);
  } else {
    timer_arm(&shim->loop, timer, FORSAKEN_MILLIS);
  }
}

void removal_init(struct shim *shim) {
  shim->forsaken = (struct timer){.fired = forsaken, .owner = shim};
  timer_arm(&shim->loop, &shim->forsaken, FORSAKEN_MILLIS);
  shim->delete_limit = (struct timer){.fired = delete_hangs, .owner = shim};
  shim->stubborn = (struct timer){.fired = stubborn, .owner = shim};
}
