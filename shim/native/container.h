/* The container's life: created, started, ended, deleted. */
#ifndef JCRI_CONTAINER_H
#define JCRI_CONTAINER_H

#include "shim.h"

void container_init(struct shim *shim);

/* Starts the container and answers once its process runs or the runtime has said why not. Asked
 * again while it starts or runs, it joins or tells the same. */
void container_start(struct conn *conn, uint32_t id);

/* Sends the signal to the container's first process, which is our child: its pid is its own. */
void container_kill(struct conn *conn, uint32_t id, int signal);

/* Ends the first process, and remembers that it was us. False leaves errno. */
bool container_sigkill(struct shim *shim);

/* Kills what is left, has the runtime forget the container, answers, and ends the shim. */
void container_delete(struct conn *conn, uint32_t id);

/* Takes the wait status of the container's first process. */
void container_ended(struct shim *shim, int status);

/* Whether it ended by a SIGKILL that came through us. */
bool container_kill_requested(const struct shim *shim);

/* Adds what an exit record says to the open frame. */
void container_put_exit(const struct shim *shim, struct wire_out *out);

/* A signal's end as shells and the CRI count it: 128 + signal. */
int exit_code_of(int status);

#endif
