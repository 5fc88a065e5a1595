package io.jcri.sandbox.linux;

/** Flags of the mount calls. */
public final class MountFlags {
  public static final long MS_RDONLY = 1;
  public static final long MS_NOSUID = 2;
  public static final long MS_NODEV = 4;
  public static final long MS_NOEXEC = 8;
  public static final long MS_REMOUNT = 32;
  public static final long MS_BIND = 4096;
  public static final long MS_REC = 16384;
  public static final long MS_UNBINDABLE = 1 << 17;
  public static final long MS_PRIVATE = 1 << 18;
  public static final long MS_SLAVE = 1 << 19;
  public static final long MS_SHARED = 1 << 20;

  /** umount2: out of the tree at once, gone when the last user is. */
  public static final int MNT_DETACH = 2;

  /** umount2: a link in the last step is not followed. */
  public static final int UMOUNT_NOFOLLOW = 8;

  public static final int OPEN_TREE_CLONE = 1;

  public static final int ATTR_RDONLY = 0x1;
  public static final int ATTR_NOSUID = 0x2;
  public static final int ATTR_NODEV = 0x4;
  public static final int ATTR_NOEXEC = 0x8;
  public static final int ATTR_IDMAP = 0x100000;

  private MountFlags() {}
}
