/* The streams of execs: as frames (sync) or as descriptors handed to the client (stream). */
#ifndef JCRI_EXEC_IO_H
#define JCRI_EXEC_IO_H

#include "exec.h"

/* Sync: takes the read ends, limit bytes of each go to the client. */
void exec_sync_begin(struct exec *exec, const int ours[3], int64_t limit);

/* Sends what is there; true when both outputs have ended. */
bool exec_sync_drain(struct exec *exec);
void exec_sync_pause(struct exec *exec, bool paused);

/* Stream: makes the client's pipes; false leaves errno. */
bool exec_stream_prepare(struct exec *exec, bool with_stdin);

/* Stream: copies between the process's ends (one terminal, or three pipes) and the client's. */
void exec_stream_begin(struct exec *exec, const int ours[3]);

/* The process has ended: what is still there goes to the client, then its streams end. */
void exec_stream_end(struct exec *exec);
bool exec_stream_ended(const struct exec *exec);

/* Closes everything, of either kind. */
void exec_io_close(struct exec *exec);

#endif
