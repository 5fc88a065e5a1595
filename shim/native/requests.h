/* What clients may ask for. */
#ifndef JCRI_REQUESTS_H
#define JCRI_REQUESTS_H

#include "conn.h"

/* Hands a request to the part of the shim that it is for; conn->conns->owner is the struct shim. */
void request_handle(struct conn *conn, const struct frame *frame);

#endif
