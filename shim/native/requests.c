#include "requests.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "container_start.h"
#include "shim.h"

static struct shim *shim_of(const struct conn *conn) { return conn->conns->owner; }

static void status(struct conn *conn, const struct frame *frame) {
  const struct shim *shim = shim_of(conn);
  const struct container *container = &shim->container;
  struct wire_out *out = &conn->out;
  wire_begin(out, REPLY_OK, frame->id);
  wire_text(out, TAG_CONTAINER_ID, shim->options.id);
  wire_number(out, TAG_SHIM_PID, getpid());
  wire_number(out, TAG_STATE, container->state);
  wire_number(out, TAG_LOG_DROPPED, shim->output.log.dropped_ever);
  if (container->state >= STATE_RUNNING) exit_record_put(&container->exit, out);
  wire_end(out);
  conn_flush(conn);
}

static void resize(struct conn *conn, const struct frame *frame) {
  struct shim *shim = shim_of(conn);
  int64_t exec = wire_find_number(frame, TAG_EXEC_ID, 0);
  int terminal = exec > 0                 ? exec_terminal(&shim->execs, (uint32_t)exec)
                 : shim->options.terminal ? shim->output.out.watch.fd
                                          : -1;
  struct winsize size = {
      .ws_col = (unsigned short)wire_find_number(frame, TAG_COLUMNS, 0),
      .ws_row = (unsigned short)wire_find_number(frame, TAG_ROWS, 0),
  };
  if (terminal < 0) {
    conn_reply_error(conn, frame->id, "no terminal to resize");
  } else if (ioctl(terminal, TIOCSWINSZ, &size) != 0) {
    struct refusal refusal;
    refuse(&refusal, "cannot resize the terminal: %m");
    conn_reply_error(conn, frame->id, refusal.text);
  } else {
    conn_reply_ok(conn, frame->id);
  }
}

static void reopen_log(struct conn *conn, const struct frame *frame) {
  struct log_file *log = &shim_of(conn)->output.log;
  struct refusal refusal;
  if (log->fd < 0 || log_file_reopen(log)) {
    conn_reply_ok(conn, frame->id);
    return;
  }
  refuse(&refusal, "cannot open log %s: %m", log->path);
  conn_reply_error(conn, frame->id, refusal.text);
}

static void watch_exit(struct conn *conn, const struct frame *frame) {
  const struct container *container = &shim_of(conn)->container;
  conn_reply_ok(conn, frame->id);
  if (conn->dead) return;
  if (container->state != STATE_EXITED) {
    conn->waits[WAIT_EXIT] = frame->id;
    return;
  }
  wire_begin(&conn->out, EVENT_EXIT, frame->id);
  exit_record_put(&container->exit, &conn->out);
  wire_end(&conn->out);
  conn_flush(conn);
}

/* Execs and attaches need a container that runs, and a connection of their own. */
static bool session_may_begin(struct conn *conn, const struct frame *frame, bool runs) {
  if (conn->session == NULL && runs) return true;
  conn_reply_error(conn, frame->id,
                   conn->session != NULL ? "connection is in use" : "container is not running");
  return false;
}

static void exec(struct conn *conn, const struct frame *frame, bool sync) {
  struct shim *shim = shim_of(conn);
  bool runs = shim->container.state == STATE_RUNNING && !shim->container.deleting;
  if (session_may_begin(conn, frame, runs)) exec_begin(&shim->execs, conn, frame, sync);
}

static void attach(struct conn *conn, const struct frame *frame) {
  struct shim *shim = shim_of(conn);
  if (session_may_begin(conn, frame, shim->container.state == STATE_RUNNING))
    attach_begin(&shim->attaches, conn, frame);
}

static void take(struct conn *conn, const struct frame *frame) {
  struct shim *shim = shim_of(conn);
  uint32_t id = (uint32_t)wire_find_number(frame, TAG_EXEC_ID, 0);
  if (conn->fd_count == 0 && exec_take(&shim->execs, conn, frame->id, id)) return;
  int *ends = attach_client_ends(&shim->attaches, id);
  if (ends == NULL || conn->fd_count > 0)
    conn_reply_error(conn, frame->id, "no descriptors to take");
  else
    conn_reply_descriptors(conn, frame->id, ends);
}

static void unknown(struct conn *conn, const struct frame *frame) {
  struct refusal refusal;
  refuse(&refusal, "unknown request %d (shim protocol %d)", frame->type, WIRE_VERSION);
  conn_reply_error(conn, frame->id, refusal.text);
}

void request_handle(struct conn *conn, const struct frame *frame) {
  struct shim *shim = shim_of(conn);
  switch (frame->type) {
    case REQUEST_STATUS:
      status(conn, frame);
      return;
    case REQUEST_START:
      container_start(&shim->container, conn, frame->id);
      return;
    case REQUEST_KILL:
      container_kill(&shim->container, conn, frame->id,
                     (int)wire_find_number(frame, TAG_SIGNAL, -1));
      return;
    case REQUEST_EXEC_SYNC:
      exec(conn, frame, true);
      return;
    case REQUEST_EXEC:
      exec(conn, frame, false);
      return;
    case REQUEST_ATTACH:
      attach(conn, frame);
      return;
    case REQUEST_RESIZE:
      resize(conn, frame);
      return;
    case REQUEST_REOPEN_LOG:
      reopen_log(conn, frame);
      return;
    case REQUEST_CLOSE_STDIN:
      attach_close_stdin(&shim->attaches);
      conn_reply_ok(conn, frame->id);
      return;
    case REQUEST_WATCH:
      watch_exit(conn, frame);
      return;
    case REQUEST_DELETE:
      exec_kill_all(&shim->execs);
      removal_ask(&shim->removal, conn, frame->id);
      return;
    case REQUEST_TAKE:
      take(conn, frame);
      return;
    default:
      unknown(conn, frame);
  }
}
