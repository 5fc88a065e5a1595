/* Further processes in the container, from the request to the exit code. */
#ifndef JCRI_EXEC_H
#define JCRI_EXEC_H

#include "exec_state.h"

/* Serves EXEC_SYNC and EXEC on a connection that nothing else lives on, for a container that runs;
 * answers come on the connection as the exec goes on. */
void exec_begin(struct execs *execs, struct conn *conn, const struct frame *request, bool sync);

/* Reaps one process of an exec that has ended; false when none has. */
bool exec_reap(struct execs *execs);

/* Whether the process is one of an exec. */
bool exec_known(const struct execs *execs, pid_t pid);

/* Kills all execs, as the container is to be deleted. */
void exec_kill_all(struct execs *execs);

/* The terminal of an exec, -1 when there is none. */
int exec_terminal(const struct execs *execs, uint32_t id);

/* Gives the client its ends of a stream, once; false when there is no such exec. */
bool exec_take(struct execs *execs, struct conn *conn, uint32_t request, uint32_t id);

#endif
