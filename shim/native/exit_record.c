#include "exit_record.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool exit_record_write(const struct exit_record *record, const char *path) {
  char text[1024], temporary[PATH_MAX];
  snprintf(text, sizeof text,
           "{\"version\":1,\"containerId\":\"%s\",\"pid\":%d,\"exitCode\":%d,\"signal\":%d,"
           "\"startedAtNanos\":%lld,\"finishedAtNanos\":%lld,\"oomKilled\":%s,"
           "\"killRequested\":%s,\"logDropped\":%lld%s}\n",
           record->container_id, (int)record->pid, record->exit_code, record->signal,
           (long long)record->started_at, (long long)record->finished_at,
           record->oom_killed ? "true" : "false", record->kill_requested ? "true" : "false",
           (long long)record->log_dropped, record->code_lost ? ",\"codeLost\":true" : "");
  snprintf(temporary, sizeof temporary, "%s.tmp", path);
  int fd CLOSE = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 || !write_all(fd, text, strlen(text))) return false;
  return rename(temporary, path) == 0;
}

void exit_record_put(const struct exit_record *record, struct wire_out *out) {
  wire_number(out, TAG_PID, record->pid);
  wire_number(out, TAG_EXIT_CODE, record->exit_code);
  wire_number(out, TAG_SIGNAL, record->signal);
  wire_number(out, TAG_STARTED_AT, record->started_at);
  wire_number(out, TAG_FINISHED_AT, record->finished_at);
  wire_number(out, TAG_OOM_KILLED, record->oom_killed);
  wire_number(out, TAG_KILL_REQUESTED, record->kill_requested);
  wire_number(out, TAG_LOG_UNTOLD, record->log_dropped);
  if (record->code_lost) wire_number(out, TAG_CODE_LOST, 1);
}
