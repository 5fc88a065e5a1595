#ifndef JCRI_REPORT_H
#define JCRI_REPORT_H

#include "../common/report.h"

/* How this program speaks: one line on its standard output, or, in the pause process before it is
 * let go, one message to its parent: "error <stage>: <message>". */

/* Called once by die() before it speaks, so that a failure leaves nothing behind. What it returns,
 * if not NULL, is said instead: the line of the process whose failure was the cause. */
typedef const char *(*undo_fn)(void);

void report_to_parent(int fd);
void report_undo_with(undo_fn undo);

#ifdef JCRI_FAULTS
/* Dies at the stage that the environment variable JCRI_SANDBOX_FAIL names; test builds only. */
void fault_at(const char *stage);
#else
#define fault_at(stage) ((void)0)
#endif

#endif
