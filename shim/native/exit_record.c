#include "exit_record.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "container.h"

bool exit_record_write(const struct shim *shim) {
  char *text FREE = formatted(
      "{\"version\":1,\"containerId\":\"%s\",\"pid\":%d,\"exitCode\":%d,\"signal\":%d,"
      "\"startedAtNanos\":%lld,\"finishedAtNanos\":%lld,\"oomKilled\":%s,"
      "\"killRequested\":%s}\n",
      shim->options.id, (int)shim->init, shim->exit_code, shim->signal, (long long)shim->started_at,
      (long long)shim->finished_at, shim->oom_killed ? "true" : "false",
      container_kill_requested(shim) ? "true" : "false");
  char *temporary FREE = formatted("%s.tmp", shim->options.exit_record);
  int fd CLOSE = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 || !write_all(fd, text, strlen(text))) return false;
  return rename(temporary, shim->options.exit_record) == 0;
}
