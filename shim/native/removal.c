#include "removal.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a killed process may take to end before the runtime is asked to end it. */
enum { STUBBORN_MILLIS = 2000 };

/* How long the runtime may take to delete before it is killed, so that a delete can be retried. */
enum { DELETE_MILLIS = 30000 };

/* How often a shim that was not asked to start yet looks whether somebody is there to ask. */
enum { FORSAKEN_MILLIS = 10000 };

static void advance(struct removal *removal);
static void run_delete(struct removal *removal, bool forced);

static void answer_deletes(struct removal *removal, const char *error) {
  for (struct conn *conn = removal->container->conns->first; conn != NULL; conn = conn->next) {
    uint32_t id = conn_answers(conn, WAIT_DELETE);
    if (id == 0) continue;
    if (error != NULL)
      conn_reply_error(conn, id, error);
    else
      conn_reply_ok(conn, id);
  }
}

/* May be asked for again. */
static void failed(struct removal *removal, const char *error) {
  removal->container->deleting = false;
  answer_deletes(removal, error);
}

static void runtime_deleted(struct child *child, int status) {
  struct removal *removal = child->owner;
  struct refusal refusal;
  removal->child = NULL;
  timer_disarm(removal->container->loop, &removal->limit);
  if (status != 0) child_error(removal->container->runtime, child, status, NULL, &refusal);
  child_free(child);
  if (WIFEXITED(status) && status != 0 && !removal->forced) {
    run_delete(removal, true);
  } else if (status == 0) {
    removal->deleted = true;
    guest_deleted(&removal->container->guest);
    advance(removal);
  } else {
    failed(removal, refusal.text);
  }
}

static void run_delete(struct removal *removal, bool forced) {
  const int silent[3] = {-1, -1, -1};
  struct container *container = removal->container;
  struct refusal refusal;
  char *log_path = formatted("%s/runtime-delete.log", container->options->state);
  if (log_path != NULL) {
    struct command command;
    command_init(&command, container->runtime, log_path);
    command_add(&command, "delete", NULL);
    if (forced) command_add(&command, "--force", NULL);
    command_add(&command, container->options->id, NULL);
    removal->forced = forced;
    removal->child = runtime_spawn(container->runtime, &command, log_path, silent, runtime_deleted,
                                   removal, &refusal);
  } else {
    refuse_for_memory(&refusal);
  }
  if (removal->child != NULL)
    timer_arm(container->loop, &removal->limit, DELETE_MILLIS);
  else
    failed(removal, refusal.text);
}

static void stubborn(struct timer *timer) {
  struct removal *removal = timer->owner;
  /* A frozen container takes the signal only when the runtime thaws it. */
  if (removal->container->state == STATE_RUNNING && removal->child == NULL)
    run_delete(removal, true);
}

static void finish(struct removal *removal) {
  output_close(removal->container->output);
  unlink(removal->container->conns->path);
  answer_deletes(removal, NULL);
  removal->done = true;
}

/* Without force where the container is known to have ended: with it, runc since 1.2 waits a tenth
 * of a second in any case. Force is for what the runtime takes for alive. */
static void delete_known(struct removal *removal) {
  const struct container *container = removal->container;
  run_delete(removal, container->state != STATE_EXITED || container->guest.present);
}

/* Takes the next step of a deletion that was asked for, if there is one. */
static void advance(struct removal *removal) {
  struct container *container = removal->container;
  if (!container->deleting || removal->child != NULL) return;
  if (container->start_child != NULL) {
    child_kill(container->start_child);
  } else if (container->state == STATE_RUNNING) {
    container_sigkill(container);
    if (!removal->stubborn.armed) timer_arm(container->loop, &removal->stubborn, STUBBORN_MILLIS);
  } else if (container->runtime_knows && !removal->deleted) {
    delete_known(removal);
  } else {
    finish(removal);
  }
}

/* When the container has ended the runtime frees its cgroup and kills what may be left in it at
 * once, so that a later delete has nothing to wait for. */
static void changed(struct container *container) {
  struct removal *removal = container->owner;
  if (container->state == STATE_EXITED) {
    timer_disarm(container->loop, &removal->stubborn);
    if (removal->child == NULL && container->runtime_knows && !removal->deleted)
      delete_known(removal);
  }
  advance(removal);
}

void removal_ask(struct removal *removal, struct conn *conn, uint32_t id) {
  conn->waits[WAIT_DELETE] = id;
  removal->container->deleting = true;
  advance(removal);
}

bool removal_leaves_nothing(const struct removal *removal) {
  const struct container *container = removal->container;
  return container->state == STATE_EXITED && !container->record_retry.armed &&
         removal->child == NULL && container->conns->first == NULL;
}

static void delete_hangs(struct timer *timer) {
  struct removal *removal = timer->owner;
  if (removal->child != NULL) child_kill(removal->child);
}

/* Who starts a shim keeps a connection. One that was killed meanwhile, before anything tells of the
 * shim, will never come back: nobody could end this process any more. */
static void forsaken(struct timer *timer) {
  struct removal *removal = timer->owner;
  struct container *container = removal->container;
  if (container->state != STATE_CREATED || container->deleting) return;
  if (container->conns->first == NULL) {
    container->deleting = true;
    advance(removal);
  } else {
    timer_arm(container->loop, timer, FORSAKEN_MILLIS);
  }
}

void removal_init(struct removal *removal, struct container *container) {
  *removal = (struct removal){
      .container = container,
      .stubborn = {.fired = stubborn, .owner = removal},
      .limit = {.fired = delete_hangs, .owner = removal},
      .forsaken = {.fired = forsaken, .owner = removal},
  };
  container->changed = changed;
  container->owner = removal;
  timer_arm(container->loop, &removal->forsaken, FORSAKEN_MILLIS);
}
