#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int parent_fd = -1;
static undo_fn undo;

void report_to_parent(int fd) {
  parent_fd = fd;
  undo = NULL;
}

void report_undo_with(undo_fn with) { undo = with; }

static void say(struct line *line) {
  if (undo != NULL) {
    undo_fn once = undo;
    undo = NULL;
    const char *cause = once();
    if (cause != NULL) {
      line->used = 0;
      line_add(line, cause);
    }
  }
  if (parent_fd >= 0) {
    /* There is nobody left to tell when this write fails. */
    ssize_t written = write(parent_fd, line->text, line->used);
    (void)written;
  } else {
    line_put(line, STDOUT_FILENO);
  }
}

const struct speaker SPEAKER = {
    .name = "jcri-sandbox",
    .prefix = "error ",
    .fd = STDOUT_FILENO,
    .status = 1,
    .say = say,
};

#ifdef JCRI_FAULTS
void fault_at(const char *stage) {
  const char *wanted = getenv("JCRI_SANDBOX_FAIL");
  if (wanted != NULL && strcmp(wanted, stage) == 0)
    die(stage, EIO, "fault asked for by JCRI_SANDBOX_FAIL");
  const char *killed = getenv("JCRI_SANDBOX_KILL");
  if (killed != NULL && strcmp(killed, stage) == 0) kill(getpid(), SIGKILL);
}
#endif
