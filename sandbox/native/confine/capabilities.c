#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/report.h"
#include "confine.h"

#define CAPABILITY_VERSION_3 0x20080522U
#define STAGE "capabilities"

void capabilities_keep(uint64_t capabilities) {
  struct {
    uint32_t version;
    int pid;
  } header = {CAPABILITY_VERSION_3, 0};
  struct {
    uint32_t effective, permitted, inheritable;
  } sets[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capget, &header, sets) != 0) die(STAGE, errno, "cannot read the capabilities");
  /* An execve by root gives what is in the bounding set. The kernel knows the last capability. */
  for (unsigned number = 0; number < 64 && prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++) {
    uint64_t bit = UINT64_C(1) << number;
    uint64_t permitted = (uint64_t)sets[1].permitted << 32 | sets[0].permitted;
    if ((capabilities & permitted & bit) == 0 && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0)
      die(STAGE, errno, "cannot drop capability %u from the bounding set", number);
  }
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
    die(STAGE, errno, "cannot clear the ambient capabilities");
  for (int i = 0; i < 2; i++) {
    sets[i].permitted &= (uint32_t)(capabilities >> 32 * i);
    sets[i].effective = sets[i].permitted;
    sets[i].inheritable = 0;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capset, &header, sets) != 0)
    die(STAGE, errno, "cannot drop the capabilities");
}
