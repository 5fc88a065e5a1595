/* What is remembered of a container between two runs of jcri-task: ROOT/ID/record. */
#ifndef JCRI_TASK_RECORD_H
#define JCRI_TASK_RECORD_H

#include "util.h"

struct record {
  char id[129];
  char sandbox[129]; /* the container that the shim was started for; the same as id for that one */
  char address[512]; /* the shim's; empty until it has told it */
  char bundle[4096];
  int64_t version;    /* of the shim's API */
  int64_t pid;        /* the container's first process; 0 until it runs */
  int64_t pid_start;  /* when that process started, as /proc has it */
  int64_t shim_pid;   /* 0 when it is not known */
  int64_t shim_start; /* when that one started */
  int64_t api;        /* 1 when it is the shim's own sandbox, and no task: see sandbox.h */
  int64_t removed;    /* the container is gone; the record stays for the shim that others share */
};

/* Makes its directory: false with a refusal when there is one. */
bool record_make(const char *root, const struct record *record, struct refusal *refusal);
/* Replaces the file. */
bool record_write(const char *root, const struct record *record, struct refusal *refusal);
/* False when there is none, or half of one. */
bool record_read(const char *root, const char *id, struct record *record);
void record_remove(const char *root, const char *id);
/* Whether the shim of that container has others, but for one; NULL for none. */
bool record_shared(const char *root, const char *sandbox, const char *but);
/* Keeps others from deciding on a shim's end at the same time, until the descriptor is closed. */
int record_lock(const char *root, const char *sandbox);
/* Calls each with the id of every container. */
void record_each(const char *root, void (*each)(const char *id, void *owner), void *owner);

/* The text of the file, and what such a text says. */
size_t record_format(const struct record *record, char *text, size_t capacity);
bool record_parse(const char *text, struct record *record);

#endif
