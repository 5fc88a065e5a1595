package io.jcri.sandbox.linux;

/** Flags of open(2), openat2(2) and the *at calls. Close-on-exec is always set by the calls. */
public final class OpenFlags {
  private static final boolean ARM = "aarch64".equals(System.getProperty("os.arch"));

  public static final int READ_ONLY = 0;
  public static final int WRITE_ONLY = 1;
  public static final int READ_WRITE = 2;
  public static final int CREATE = 0100;
  public static final int EXCLUSIVE = 0200;
  public static final int TRUNCATE = 01000;
  public static final int APPEND = 02000;
  public static final int NONBLOCK = 04000;
  public static final int DIRECTORY = ARM ? 040000 : 0200000;
  public static final int NOFOLLOW = ARM ? 0100000 : 0400000;
  static final int CLOEXEC = 02000000;

  /** Only a place in the tree: no content, no permission needed on the file itself. */
  public static final int PATH = 010000000;

  /** openat2: no step may cross a mount point. */
  public static final int RESOLVE_NO_XDEV = 0x01;

  /** openat2: no step may be a magic link, such as those below /proc/self/fd. */
  public static final int RESOLVE_NO_MAGICLINKS = 0x02;

  /** openat2: no step may be a symbolic link. */
  public static final int RESOLVE_NO_SYMLINKS = 0x04;

  /** openat2: a step above the directory fails with EXDEV. */
  public static final int RESOLVE_BENEATH = 0x08;

  /** openat2: the directory is the root for absolute names, links and "..". */
  public static final int RESOLVE_IN_ROOT = 0x10;

  /** openat2: what every access to the files of an image or container uses. */
  public static final int RESOLVE_HOSTILE = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

  /** *at calls: do not follow a link in the last step. */
  public static final int AT_SYMLINK_NOFOLLOW = 0x100;

  /** unlinkat: remove a directory. */
  public static final int AT_REMOVEDIR = 0x200;

  /** linkat: follow a link in the last step. */
  public static final int AT_SYMLINK_FOLLOW = 0x400;

  /** The descriptor itself is meant when the name is empty. */
  public static final int AT_EMPTY_PATH = 0x1000;

  /** mount_setattr and open_tree: all mounts below as well. */
  public static final int AT_RECURSIVE = 0x8000;

  /** renameat2: fail with EEXIST when the new name exists. */
  public static final int RENAME_NOREPLACE = 1;

  /** renameat2: swap the two names. */
  public static final int RENAME_EXCHANGE = 2;

  private OpenFlags() {}
}
