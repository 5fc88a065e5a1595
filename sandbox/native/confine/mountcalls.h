#ifndef JCRI_CONFINE_MOUNTCALLS_H
#define JCRI_CONFINE_MOUNTCALLS_H

#include <stdbool.h>
#include <stdint.h>

/* System calls that libc has no wrappers for. Each gives a descriptor or 0, or -1 with errno. */

/* The values of mount_setattr(2). */
enum { READ_ONLY = 1, NO_SUID = 2, NO_DEVICES = 4, NO_EXEC = 8 };

/* Looks the path up without following any symbolic link, below the directory when in_root says so.
 */
int path_open(int directory, const char *path, int flags, bool in_root);
/* A copy of the mount that the path lies in, with this path as its root and without what is mounted
 * below. */
int mount_copy(int path);
/* A new empty tmpfs, attached nowhere. */
int tmpfs_make(void);
/* Attaches what the two above give. */
int mount_attach(int mount, int target);
/* Adds attributes to an attached mount. */
int mount_restrict(int mount, uint64_t attributes);
/* The number that mountinfo has for the mount of the path, or 0 on a kernel that does not tell
 * (before 5.8). */
uint64_t mount_id(int path);

#endif
