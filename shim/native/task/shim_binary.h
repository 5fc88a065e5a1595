/* Runs the shim's program for its actions: start, delete, and its version. */
#ifndef JCRI_TASK_SHIM_BINARY_H
#define JCRI_TASK_SHIM_BINARY_H

#include "task.h"

/* Starts the shim of a container and records its address. */
bool shim_start(struct task *task, struct refusal *refusal);
/* Has the program remove what a dead shim has left of a container. */
bool shim_delete(const struct task *task, struct refusal *refusal);
/* Learns the shim's own pid and when it started, from itself or else by its command line. */
void shim_learn(struct task *task);
/* Ends the shim's process, by its recorded pid or else by its command line. */
void shim_end(const struct task *task);
/* Removes the shim's socket, which a killed shim leaves. */
void shim_remove_socket(const struct record *record);
/* What the program says of its version; empty when nothing. */
void shim_version(const char *program, char *text, size_t capacity);

/* The task's options for that kind of shim, as an Any without its outermost tag; empty for none. */
void shim_options(const struct arguments *arguments, struct proto *type_and_value);
/* "io.containerd.runsc.v1.options" for .../containerd-shim-runsc-v1. */
void shim_options_type(const char *program, char *type, size_t capacity);
bool shim_is_runc(const char *program);

/* Reads what the action start has printed into the record. */
bool shim_read_bootstrap(const char *printed, struct record *record, struct refusal *refusal);

#endif
