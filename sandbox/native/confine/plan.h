#ifndef JCRI_CONFINE_PLAN_H
#define JCRI_CONFINE_PLAN_H

#include "mountinfo.h"
#include "request.h"

/* What the new tree is put together of. */

enum place_kind {
  KEPT,     /* what keep= names */
  WRITABLE, /* what writable= names */
  MOUNTED,  /* a mount below a kept directory */
  PROC,     /* /proc */
  DEVICE,   /* one of the few devices that harm nobody */
  WAY, /* an empty directory in the stead of a mount that is left out, so that the way to a place
          exists */
};

struct place {
  const char *path;
  enum place_kind kind;
  uint64_t
      mount_id; /* of MOUNTED: a mount that another one hides has the same path and another id */
};

struct plan {
  struct place *places; /* directories before what is in them */
  size_t count;
};

/* False without memory. The paths are the request's and the mounts'. To be given to plan_free in
 * any case. */
bool plan_make(struct plan *plan, const struct request *request, const struct mounts *mounts);
void plan_free(struct plan *plan);

#endif
