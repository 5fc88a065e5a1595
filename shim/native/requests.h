/* What clients may ask for. */
#ifndef JCRI_REQUESTS_H
#define JCRI_REQUESTS_H

#include "conn.h"

void request_handle(struct conn *conn, const struct frame *frame);

#endif
