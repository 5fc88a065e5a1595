#include "requests.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "attach.h"
#include "container.h"
#include "exec.h"

static void status(struct conn *conn, const struct frame *frame) {
  const struct shim *shim = conn->shim;
  struct wire_out *out = &conn->out;
  wire_begin(out, REPLY_OK, frame->id);
  wire_text(out, TAG_CONTAINER_ID, shim->options.id);
  wire_number(out, TAG_SHIM_PID, getpid());
  wire_number(out, TAG_STATE, shim->state);
  wire_number(out, TAG_LOG_DROPPED, shim->log.dropped_ever);
  if (shim->state >= STATE_RUNNING) container_put_exit(shim, out);
  wire_end(out);
  conn_flush(conn);
}

static void resize(struct conn *conn, const struct frame *frame) {
  struct shim *shim = conn->shim;
  int64_t exec = wire_find_number(frame, TAG_EXEC_ID, 0);
  int terminal = exec > 0                 ? exec_terminal(shim, (uint32_t)exec)
                 : shim->options.terminal ? shim->out.watch.fd
                                          : -1;
  struct winsize size = {
      .ws_col = (unsigned short)wire_find_number(frame, TAG_COLUMNS, 0),
      .ws_row = (unsigned short)wire_find_number(frame, TAG_ROWS, 0),
  };
  if (terminal < 0) {
    conn_reply_error(conn, frame->id, "no terminal to resize");
  } else if (ioctl(terminal, TIOCSWINSZ, &size) != 0) {
    char *error FREE = formatted("cannot resize the terminal: %m");
    conn_reply_error(conn, frame->id, error);
  } else {
    conn_reply_ok(conn, frame->id);
  }
}

static void reopen_log(struct conn *conn, const struct frame *frame) {
  struct shim *shim = conn->shim;
  if (shim->log.fd < 0 || log_file_reopen(&shim->log)) {
    conn_reply_ok(conn, frame->id);
    return;
  }
  char *error FREE = formatted("cannot open log %s: %m", shim->options.log);
  conn_reply_error(conn, frame->id, error);
}

static void watch_exit(struct conn *conn, const struct frame *frame) {
  conn->watching = true;
  conn->watch_id = frame->id;
  conn_reply_ok(conn, frame->id);
  if (conn->dead || conn->shim->state != STATE_EXITED) return;
  wire_begin(&conn->out, EVENT_EXIT, frame->id);
  container_put_exit(conn->shim, &conn->out);
  wire_end(&conn->out);
  conn_flush(conn);
}

static void take(struct conn *conn, const struct frame *frame) {
  uint32_t id = (uint32_t)wire_find_number(frame, TAG_EXEC_ID, 0);
  if (conn->fd_count == 0 && exec_take(conn, frame->id, id)) return;
  int *ends = attach_client_ends(conn->shim, id);
  if (ends == NULL || conn->fd_count > 0)
    conn_reply_error(conn, frame->id, "no descriptors to take");
  else
    conn_reply_descriptors(conn, frame->id, ends);
}

void request_handle(struct conn *conn, const struct frame *frame) {
  switch (frame->type) {
    case REQUEST_STATUS:
      status(conn, frame);
      return;
    case REQUEST_START:
      container_start(conn, frame->id);
      return;
    case REQUEST_KILL:
      container_kill(conn, frame->id, (int)wire_find_number(frame, TAG_SIGNAL, -1));
      return;
    case REQUEST_EXEC_SYNC:
      exec_begin(conn, frame, true);
      return;
    case REQUEST_EXEC:
      exec_begin(conn, frame, false);
      return;
    case REQUEST_ATTACH:
      attach_begin(conn, frame);
      return;
    case REQUEST_RESIZE:
      resize(conn, frame);
      return;
    case REQUEST_REOPEN_LOG:
      reopen_log(conn, frame);
      return;
    case REQUEST_CLOSE_STDIN:
      attach_close_stdin(conn->shim);
      conn_reply_ok(conn, frame->id);
      return;
    case REQUEST_WATCH:
      watch_exit(conn, frame);
      return;
    case REQUEST_DELETE:
      container_delete(conn, frame->id);
      return;
    case REQUEST_TAKE:
      take(conn, frame);
      return;
    default: {
      char *error FREE =
          formatted("unknown request %d (shim protocol %d)", frame->type, WIRE_VERSION);
      conn_reply_error(conn, frame->id, error);
    }
  }
}
