package io.jcri.sandbox.linux;

/** The kernel's call numbers: x86-64 has its own old table, aarch64 the generic one. */
final class SyscallNumbers {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));

  static final int READ = ARM ? 63 : 0;
  static final int WRITE = ARM ? 64 : 1;
  static final int CLOSE = ARM ? 57 : 3;
  static final int LSEEK = ARM ? 62 : 8;
  static final int PREAD64 = ARM ? 67 : 17;
  static final int PWRITE64 = ARM ? 68 : 18;
  static final int STATX = ARM ? 291 : 332;
  static final int MKDIRAT = ARM ? 34 : 258;
  static final int MKNODAT = ARM ? 33 : 259;
  static final int SYMLINKAT = ARM ? 36 : 266;
  static final int LINKAT = ARM ? 37 : 265;
  static final int UNLINKAT = ARM ? 35 : 263;
  static final int RENAMEAT2 = ARM ? 276 : 316;
  static final int READLINKAT = ARM ? 78 : 267;
  static final int FCHOWN = ARM ? 55 : 93;
  static final int FCHOWNAT = ARM ? 54 : 260;
  static final int FCHMOD = ARM ? 52 : 91;
  static final int FCHMODAT = ARM ? 53 : 268;
  static final int UTIMENSAT = ARM ? 88 : 280;
  static final int LSETXATTR = ARM ? 6 : 189;
  static final int FSETXATTR = ARM ? 7 : 190;
  static final int LGETXATTR = ARM ? 9 : 192;
  static final int LLISTXATTR = ARM ? 12 : 195;
  static final int SYNCFS = ARM ? 267 : 306;
  static final int SYNC_FILE_RANGE = ARM ? 84 : 277;
  static final int FSYNC = ARM ? 82 : 74;
  static final int FTRUNCATE = ARM ? 46 : 77;
  static final int STATFS = ARM ? 43 : 137;
  static final int GETDENTS64 = ARM ? 61 : 217;
  static final int MOUNT = ARM ? 40 : 165;
  static final int UMOUNT2 = ARM ? 39 : 166;
  static final int KILL = ARM ? 129 : 62;
  static final int WAIT4 = ARM ? 260 : 61;
  static final int PPOLL = ARM ? 73 : 271;
  static final int MEMFD_CREATE = ARM ? 279 : 319;
  static final int EVENTFD2 = ARM ? 19 : 290;
  static final int IOCTL = ARM ? 29 : 16;
  static final int FLOCK = ARM ? 32 : 73;
  static final int SOCKET = ARM ? 198 : 41;
  static final int CONNECT = ARM ? 203 : 42;
  static final int SENDTO = ARM ? 206 : 44;
  static final int RECVMSG = ARM ? 212 : 47;
  static final int RT_SIGACTION = ARM ? 134 : 13;
  static final int UMASK = ARM ? 166 : 95;
  static final int GETUID = ARM ? 174 : 102;
  static final int SETNS = ARM ? 268 : 308;
  static final int CAPGET = ARM ? 90 : 125;
  static final int ADJTIMEX = ARM ? 171 : 159;

  // Since 424 both architectures number alike.
  static final int PIDFD_SEND_SIGNAL = 424;
  static final int OPEN_TREE = 428;
  static final int MOVE_MOUNT = 429;
  static final int FSOPEN = 430;
  static final int FSCONFIG = 431;
  static final int FSMOUNT = 432;
  static final int PIDFD_OPEN = 434;
  static final int OPENAT2 = 437;
  static final int MOUNT_SETATTR = 442;
  static final int FCHMODAT2 = 452;

  private SyscallNumbers() {}
}
