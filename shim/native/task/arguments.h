/* The command line: an OCI runtime's, with what only jcri-task knows before the verb. */
#ifndef JCRI_TASK_ARGUMENTS_H
#define JCRI_TASK_ARGUMENTS_H

#include "util.h"

struct arguments {
  /* before the verb */
  const char *root, *log, *log_format, *shim, *shim_config, *shim_option, *sandbox, *name_space;
  const char *sandbox_request; /* for the shim's own sandbox, which is no container then */
  bool systemd_cgroup, debug, version;
  /* after it */
  const char *bundle, *pid_file, *internal_pid_file, *console_socket, *process, *resources;
  const char *image_path, *work_path, *pid;
  bool detach, all, force, quiet, stats, leave_running, file_locks;
  /* as shims call what publishes their events */
  const char *address, *topic;
  /* what is no option */
  const char *words[3]; /* the verb, the container's id, a signal */
  int word_count;
};

bool arguments_parse(struct arguments *arguments, int argc, char **argv, struct refusal *refusal);

/* A signal's number from its number or its name; 0 when it is none. */
int arguments_signal(const char *text);

/* The value of --shim-option NAME=VALUE; NULL when that option has another name. */
const char *arguments_shim_option(const struct arguments *arguments, const char *name);

/* Whether it may be a container's id, which becomes part of file names. */
bool arguments_id_valid(const char *id);

#endif
