#include "event.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"

/* Each is written once, so the file has no more than these. */
static const char *const LINES[] = {
    [EVENT_OTHER] = "", [EVENT_OOM] = "oom\n", [EVENT_EXIT] = "exit\n", [EVENT_KILL] = "kill\n"};

enum { FILE_BYTES = 64 };

void event_parse(struct view forward, struct event *event) {
  struct view envelope = proto_find_block(forward, 1);
  struct view topic = proto_find_block(envelope, 3);
  /* The topic says what the message within is; its type is not looked at. */
  struct view told = proto_find_block(proto_find_block(envelope, 4), 2);
  struct view id = proto_find_block(told, 1);
  *event = (struct event){.kind = EVENT_OTHER};
  if (id.length >= sizeof event->id) return;
  proto_copy_text(id, event->id, sizeof event->id);
  if (strlen(event->id) != id.length || !arguments_id_valid(event->id)) return;
  if (proto_is(topic, "/tasks/oom")) event->kind = EVENT_OOM;
  /* An exec's end is told likewise, with the exec's id in the second place. */
  if (proto_is(topic, "/tasks/exit") && proto_is(proto_find_block(told, 2), event->id))
    event->kind = EVENT_EXIT;
}

void event_envelope(struct proto *forward, const char *name_space, const char *topic,
                    struct view any) {
  struct proto envelope PROTO = {0};
  proto_text(&envelope, 2, name_space);
  proto_text(&envelope, 3, topic);
  proto_block(&envelope, 4, any.data, any.length);
  proto_message(forward, 1, &envelope);
}

void event_keep(const char *root, const char *sandbox, const struct event *event) {
  struct record record;
  if (event->kind == EVENT_OTHER || event_kept(root, event->id, event->kind)) return;
  if (!record_read(root, event->id, &record) || strcmp(record.sandbox, sandbox) != 0) return;
  char *path FREE = formatted("%s/%s/events", root, event->id);
  if (path == NULL) return;
  int fd CLOSE = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  const char *line = LINES[event->kind];
  if (fd >= 0) (void)write_all(fd, line, strlen(line));
}

bool event_kept(const char *root, const char *id, enum event_kind kind) {
  char *path FREE = formatted("%s/%s/events", root, id);
  char text[FILE_BYTES];
  return path != NULL && read_text(path, text, sizeof text) > 0 &&
         strstr(text, LINES[kind]) != NULL;
}
