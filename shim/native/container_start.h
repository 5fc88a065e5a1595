/* How a container comes to run: the runtime starts it, or it is taken over as it runs. */
#ifndef JCRI_CONTAINER_START_H
#define JCRI_CONTAINER_START_H

#include "container.h"

/* Starts the container and answers once its process runs or the runtime has said why not. Asked
 * again while it starts or runs, it joins or tells the same. */
void container_start(struct container *container, struct conn *conn, uint32_t id);

/* Takes over a container that runs, from a shim that has died. The refusal says why it cannot be.
 */
bool container_adopt(struct container *container, struct refusal *refusal);

#endif
