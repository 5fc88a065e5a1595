/* The shim's command line, which the Java client writes and `ps` shows to the operator. */
#ifndef JCRI_OPTIONS_H
#define JCRI_OPTIONS_H

#include "util.h"

enum { RUNTIME_ARGUMENTS_MAX = 32 };

struct options {
  const char *id;           /* the container's, [A-Za-z0-9_.-]{1,128} */
  const char *bundle;       /* holds config.json */
  const char *state;        /* 0700 directory of this container below /run */
  const char *runtime;      /* absolute path of runc, crun, ... */
  const char *runtime_root; /* its --root */
  const char *runtime_arguments[RUNTIME_ARGUMENTS_MAX];
  int runtime_argument_count;
  const char *log;           /* the CRI log file, NULL for none */
  const char *log_directory; /* the pod's, which log is in; NULL: that of the file itself */
  int64_t log_limit;         /* bytes, 0 for none */
  const char *exit_record;   /* where the exit record goes */
  const char *restore;    /* holds checkpoint/, the images to start from; NULL to run the command */
  const char *own_cgroup; /* the directory of the shim's own cgroup (v2); NULL for its parent's */
  const char *cgroup; /* the container's, below the mounts of the hierarchies; NULL if unknown */
  int64_t io_uid, io_gid; /* owner of the stdio pipes on the host, -1 to leave them */
  bool systemd_cgroup;
  bool terminal;
  bool stdin_open;
  bool stdin_once;
  bool guest;       /* the container's process is no child of ours whatever its parents say */
  bool exec_cgroup; /* the runtime knows `exec --cgroup` */
  bool adopt;       /* the container runs, and its shim has died: take its place */
};

/* Parses the command line; the texts stay in argv. On failure the refusal says what is wrong. */
bool options_parse(struct options *options, int argc, char **argv, struct refusal *refusal);

#endif
