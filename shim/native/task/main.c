/* jcri-task: a containerd shim ("runtime v2") with the command line of an OCI runtime, so that
 * jcri-shim can look after the containers of one as it does after runc's. Nothing of it stays but
 * what run and exec leave behind; what it must know later lies in ROOT/ID/record. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "shim_binary.h"
#include "verbs.h"

static const struct {
  const char *name;
  int (*run)(const struct arguments *arguments, struct refusal *refusal);
} VERBS[] = {
    {"run", verb_run},       {"exec", verb_exec},     {"wait", verb_wait},
    {"kill", verb_kill},     {"delete", verb_delete}, {"state", verb_state},
    {"pause", verb_pause},   {"resume", verb_resume}, {"ps", verb_ps},
    {"update", verb_update}, {"events", verb_events}, {"checkpoint", verb_checkpoint},
    {"list", verb_list},
};

/* As runtimes log: a line of JSON to the file, or to standard error where that is asked for. */
static void say(const struct arguments *arguments, const char *text) {
  enum { QUOTED = 3 * sizeof(struct refusal) };
  char quoted[QUOTED], when[32] = "";
  time_t now = time(NULL);
  struct tm broken;
  if (gmtime_r(&now, &broken) != NULL)
    (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &broken);
  char *line FREE = formatted("{\"level\":\"error\",\"msg\":%s,\"time\":\"%s\"}\n",
                              json_quoted(text, quoted, sizeof quoted), when);
  bool json = arguments->log_format != NULL && strcmp(arguments->log_format, "json") == 0;
  if (arguments->log == NULL && json && line != NULL) {
    (void)write_all(STDERR_FILENO, line, strlen(line));
    return;
  }
  (void)fprintf(stderr, "jcri-task: %s\n", text);
  if (arguments->log == NULL || line == NULL) return;
  int fd CLOSE = open(arguments->log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd >= 0) (void)write_all(fd, line, strlen(line));
}

static void print_version(const struct arguments *arguments) {
  const char *program = arguments->shim == NULL ? "no shim" : arguments->shim;
  const char *slash = strrchr(program, '/');
  char version[128] = "";
  if (arguments->shim != NULL) shim_version(program, version, sizeof version);
  (void)printf("jcri-task over %s%s%s\n", slash == NULL ? program : slash + 1,
               version[0] == '\0' ? "" : " ", version);
}

static int run(const struct arguments *arguments, struct refusal *refusal) {
  const char *verb = arguments->word_count > 0 ? arguments->words[0] : "";
  if (strcmp(verb, "publish") == 0) return verb_publish(arguments, refusal);
  for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
    if (strcmp(VERBS[i].name, verb) != 0) continue;
    if (arguments->shim != NULL) return VERBS[i].run(arguments, refusal);
    refuse(refusal, "missing option --shim");
    return 1;
  }
  refuse(refusal, "unknown command \"%s\"", verb);
  return 1;
}

int main(int argc, char **argv) {
  struct arguments arguments;
  struct refusal refusal = {0};
  descriptors_hold_stdio();
  int status = 1;
  if (arguments_parse(&arguments, argc, argv, &refusal)) {
    if (arguments.version) {
      print_version(&arguments);
      return 0;
    }
    status = run(&arguments, &refusal);
  }
  if (status != 0 && refusal.text[0] != '\0') say(&arguments, refusal.text);
  if (fflush(stdout) != 0) return 1;
  return status;
}
