#ifndef JCRI_DESCRIPTOR_H
#define JCRI_DESCRIPTOR_H

/* Closes the descriptor, if it is one, when its variable leaves its scope: int fd CLOSE = ... */
#define CLOSE __attribute__((cleanup(close_owned)))

/* Closes it and sets it to -1; errno stays. */
void close_owned(int *fd);

/* 0, 1 and 2 are taken from here on, by /dev/null where the caller had closed them: no file of ours
 * must come to be standard output. */
void descriptors_hold_stdio(void);
/* The same, and nothing else stays open: what the caller forgot to mark is none of the program's
 * business. */
void descriptors_settle(void);
/* Closes all from the first to the last. */
void close_range_of(unsigned first, unsigned last);

#endif
