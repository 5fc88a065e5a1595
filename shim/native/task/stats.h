/* A container's use of resources, as shims tell it and as runc prints it. */
#ifndef JCRI_TASK_STATS_H
#define JCRI_TASK_STATS_H

#include "proto.h"

/* Writes the line of events --stats from the metrics, an Any of containerd's cgroups; false with a
 * refusal for any other. */
bool stats_format(const char *id, struct view any, char *line, size_t capacity,
                  struct refusal *refusal);

#endif
