#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../common/report.h"
#include "confine.h"

/* All calls are allowed but those that nothing which fetches and unpacks has any use for. A refusal
 * that looks at the number alone is worked out once by the kernel (5.11), so the allowed calls cost
 * nothing. */

#define STAGE "filter"

/* The kernel's headers are not there for musl. */
struct instruction {
  uint16_t code;
  uint8_t if_true, if_false;
  uint32_t value;
};
struct program {
  uint16_t length;
  const struct instruction *instructions;
};
/* Offsets in struct seccomp_data, little-endian. */
enum { NUMBER = 0, ARCHITECTURE = 4, ARGUMENTS = 16 };
/* clang-format off */
#define LOAD(offset) {0x20, 0, 0, offset}
#define JUMP_IF_EQUAL(value, if_true, if_false) {0x15, if_true, if_false, value}
#define JUMP_IF_ABOVE(value, if_true, if_false) {0x25, if_true, if_false, value}
#define JUMP_IF_ANY(bits, if_true, if_false) {0x45, if_true, if_false, bits}
#define RETURN(value) {0x06, 0, 0, value}
#define ALLOW 0x7fff0000U
#define KILL_PROCESS 0x80000000U
#define ANSWER(error) (0x00050000U | (error))
#define SET_MODE_FILTER_OPERATION 1U
#define SPEC_ALLOW_FLAG 4UL
/* clang-format on */

#if defined(__x86_64__)
#define NATIVE 0xc000003eU
#elif defined(__aarch64__)
#define NATIVE 0xc00000b7U
#endif

#ifdef NATIVE

/* The same number on every architecture, unknown to C libraries of the day. */
enum {
  FILE_SETATTR = 469, /* the last one when this was written */
  OPEN_TREE_ATTR = 467,
  QUOTACTL_FD = 443,
};

/* clang-format off */
static const uint32_t refused[] = {
    /* The kernel itself, and the node. */
    SYS_kexec_load, SYS_kexec_file_load, SYS_init_module, SYS_finit_module, SYS_delete_module,
    SYS_bpf, SYS_perf_event_open, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl,
    QUOTACTL_FD, SYS_syslog, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime,
    SYS_sethostname, SYS_setdomainname,
    /* Other processes and their namespaces. */
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd, SYS_kcmp, SYS_setns,
    SYS_unshare,
    /* The root, and turning what is read-only writable again. */
    SYS_pivot_root, SYS_chroot, SYS_mount_setattr, OPEN_TREE_ATTR, SYS_fspick,
    SYS_open_by_handle_at,
    /* What is often a way into the kernel. */
    SYS_keyctl, SYS_add_key, SYS_request_key, SYS_userfaultfd, SYS_io_uring_setup,
    SYS_fanotify_init,
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm,
#endif
};

static const uint32_t mount_calls[] = {
    SYS_mount, SYS_umount2, SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsconfig, SYS_fsmount,
};
/* clang-format on */

enum {
  REFUSED = sizeof refused / sizeof refused[0],
  MOUNT_CALLS = sizeof mount_calls / sizeof mount_calls[0],
  NEW_NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                   CLONE_NEWPID | CLONE_NEWNET,
};

void filter_install(bool mounts_refused) {
  struct instruction all[32 + 2 * (REFUSED + MOUNT_CALLS)];
  uint16_t length = 0;
#define ADD(...) all[length++] = (struct instruction)__VA_ARGS__
  ADD(LOAD(ARCHITECTURE));
  ADD(JUMP_IF_EQUAL(NATIVE, 1, 0));
  ADD(RETURN(KILL_PROCESS));
  ADD(LOAD(NUMBER));
#ifdef __x86_64__
  /* x32: the same architecture, and numbers with this bit. */
  ADD(JUMP_IF_ANY(0x40000000U, 0, 1));
  ADD(RETURN(KILL_PROCESS));
#endif
  /* What came later than this list is as if the kernel were older. */
  ADD(JUMP_IF_ABOVE(FILE_SETATTR, 0, 1));
  ADD(RETURN(ANSWER(ENOSYS)));
  /* Its flags lie in memory, where a filter does not see them; C libraries fall back to clone. */
  ADD(JUMP_IF_EQUAL(SYS_clone3, 0, 1));
  ADD(RETURN(ANSWER(ENOSYS)));
  for (size_t i = 0; i < REFUSED; i++) {
    ADD(JUMP_IF_EQUAL(refused[i], 0, 1));
    ADD(RETURN(ANSWER(EPERM)));
  }
  for (size_t i = 0; mounts_refused && i < MOUNT_CALLS; i++) {
    ADD(JUMP_IF_EQUAL(mount_calls[i], 0, 1));
    ADD(RETURN(ANSWER(EPERM)));
  }
  ADD(JUMP_IF_EQUAL(SYS_clone, 0, 4));
  ADD(LOAD(ARGUMENTS));
  ADD(JUMP_IF_ANY(NEW_NAMESPACES, 0, 1));
  ADD(RETURN(ANSWER(EPERM)));
  ADD(RETURN(ALLOW));
  ADD(JUMP_IF_EQUAL(SYS_mount, 0, 3));
  ADD(LOAD(ARGUMENTS + 3 * 8));
  ADD(JUMP_IF_ANY(MS_REMOUNT, 0, 1));
  ADD(RETURN(ANSWER(EPERM)));
  ADD(RETURN(ALLOW));
#undef ADD
  struct program program = {length, all};
  /* Without SPEC_ALLOW kernels before 5.16 slow all speculation down, which is for programs that
   * run strangers' code. */
  if (syscall(SYS_seccomp, SET_MODE_FILTER_OPERATION, SPEC_ALLOW_FLAG, &program) != 0)
    die(STAGE, errno, "cannot install the system call filter");
}

#else
void filter_install(bool mounts_refused) { (void)mounts_refused; }
#endif
