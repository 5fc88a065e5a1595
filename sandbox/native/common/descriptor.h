#ifndef JCRI_DESCRIPTOR_H
#define JCRI_DESCRIPTOR_H

/* Closes the descriptor when its variable leaves its scope. */
#define autoclose __attribute__((cleanup(close_fd)))
void close_fd(const int *fd);

/* Leaves nothing open but standard input, output and error, and these in any case: what the caller
 * forgot to mark is none of the program's business, and no file must come to be standard output
 * because that was closed. */
void descriptors_settle(void);
/* Closes all from the first to the last. */
void close_range_of(unsigned first, unsigned last);

#endif
