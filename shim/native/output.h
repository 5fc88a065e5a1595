/* The container's output streams: read, logged, and copied to who is attached. */
#ifndef JCRI_OUTPUT_H
#define JCRI_OUTPUT_H

#include "attach.h"
#include "log_file.h"
#include "log_format.h"

/* One of the two. */
struct stream {
  struct watch watch;
  struct timer retry; /* when to look again at what is not watched for a while */
  struct log_format format;
  bool error; /* stderr */
  char *buffer;
  size_t held;       /* bytes at the start of buffer that wait for the rest of their line */
  size_t touched;    /* how far the buffer was used since it was last given back */
  size_t gathered;   /* bytes that the last event brought */
  int64_t last_read; /* monotonic milliseconds of that event */
};

struct output {
  struct loop *loop;
  struct attaches *attaches;
  bool terminal; /* stdout is one, and there is no stderr */
  bool last;     /* the container has ended: nobody will open its terminal again */
  struct log_file log;
  struct timer idle; /* gives buffers back and tells of dropped bytes */
  struct stream out, err;
  char *lines; /* formatted lines on their way to the file, shared by both streams */
};

void output_init(struct output *output, struct loop *loop, struct attaches *attaches,
                 bool terminal);

/* Takes over the read end of a stream; reading begins with output_begin. */
void output_adopt(struct output *output, struct stream *stream, int fd);
void output_begin(struct output *output);

/* Whether both streams have ended, of a container that has: nobody will open them again. */
bool output_ended(struct output *output);

/* Reads and logs what is there now, for a container that has just ended. */
void output_drain(struct output *output);

/* Reads what is there now and throws it away, but keeps its end as a text. */
void output_discard(struct output *output, char *tail, size_t capacity);

/* Ends the lines that wait for their rest and closes the streams. */
void output_close(struct output *output);

#endif
