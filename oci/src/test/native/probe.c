/* Prints one line per system call that the default seccomp profile has an opinion on:
 * its name and the errno it got, 0 for success. Run inside a container. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void report(const char *name, long result) {
  printf("%s=%d\n", name, result < 0 ? errno : 0);
}

int main(void) {
  /* Before the namespaces below: in a new one this process could no longer mount. */
  report("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0));
  report("getpid", syscall(SYS_getpid));
  report("keyctl", syscall(SYS_keyctl, 0, -3, 0));
  report("add_key", syscall(SYS_add_key, 0, 0, 0, 0, 0));
  report("io_uring_setup", syscall(SYS_io_uring_setup, 0, 0));
  report("userfaultfd", syscall(SYS_userfaultfd, 1));
  report("bpf", syscall(SYS_bpf, 0, 0, 0));
  report("perf_event_open", syscall(SYS_perf_event_open, 0, 0, -1, -1, 0));
  report("unshare_user", syscall(SYS_unshare, 0x10000000));
  report("clone_user", syscall(SYS_clone, 0x10000000 | 17, 0, 0, 0, 0) == 0 ? (_exit(0), 0) : -1);
  report("clone3", syscall(SYS_clone3, 0, 0));
  report("personality_get", personality(0xffffffff));
  report("personality_aslr", personality(ADDR_NO_RANDOMIZE));
  report("socket_inet", socket(AF_INET, SOCK_STREAM, 0));
  report("socket_netlink", socket(AF_NETLINK, SOCK_RAW, 0));
  report("socket_alg", socket(38, SOCK_SEQPACKET, 0));
  report("socket_vsock", socket(40, SOCK_STREAM, 0));
  report("open_by_handle_at", syscall(SYS_open_by_handle_at, -1, 0, 0));
  return 0;
}
