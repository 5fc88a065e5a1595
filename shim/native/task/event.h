/* What a shim tells of a container by itself, kept in ROOT/ID/events: one line for each kind. */
#ifndef JCRI_TASK_EVENT_H
#define JCRI_TASK_EVENT_H

#include "proto.h"
#include "record.h"

#define EVENT_SERVICE "containerd.services.events.ttrpc.v1.Events"

enum event_kind {
  EVENT_OTHER, /* of no use to us */
  EVENT_OOM,   /* memory killed a process of it */
  EVENT_EXIT,  /* its first process has ended */
  EVENT_KILL,  /* we killed it: not told by the shim */
};

struct event {
  enum event_kind kind;
  char id[129]; /* the container's */
};

/* Reads the payload of Forward, which may be anything. */
void event_parse(struct view forward, struct event *event);

/* The payload of Forward for an event, which is an Any. */
void event_envelope(struct proto *forward, const char *name_space, const char *topic,
                    struct view any);

/* Keeps an event of a container, unless that is not one of the sandbox's: a shim speaks for its own
 * containers only. */
void event_keep(const char *root, const char *sandbox, const struct event *event);

/* Whether one of that kind is kept. */
bool event_kept(const char *root, const char *id, enum event_kind kind);

#endif
