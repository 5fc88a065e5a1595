package io.jcri.sandbox.linux;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Mounts, by the old and the new interface. See {@link Syscalls} for the rules; flags are in {@link
 * MountFlags}.
 */
public interface MountCalls {
  /** mount(2). Blocks on a dead network file system. */
  void mount(
      @Nullable String source,
      String target,
      @Nullable String type,
      long flags,
      @Nullable String data)
      throws IOException;

  /** umount2(2). Blocks while the file system writes back, unless detached. */
  void umount2(String target, int flags) throws IOException;

  /** open_tree(2): a mount, or with {@link MountFlags#OPEN_TREE_CLONE} a detached copy of one. */
  Fd openTree(Fd directory, String path, int flags) throws ErrnoException;

  /** move_mount(2): attaches the mount {@code mount} at {@code target}, which may be no link. */
  void moveMount(Fd mount, String target) throws IOException;

  /** fsopen(2): begins to configure a file system. */
  Fd fsopen(String type) throws ErrnoException;

  /** fsconfig(2): sets {@code key} to a string, or as a flag when {@code value} is null. */
  void fsconfigSet(Fd context, String key, @Nullable String value) throws ErrnoException;

  /** fsconfig(2): makes the file system. */
  void fsconfigCreate(Fd context) throws IOException;

  /** fsmount(2): a detached mount of it, with {@code MOUNT_ATTR_*} of {@link MountFlags}. */
  Fd fsmount(Fd context, int attributes) throws ErrnoException;

  /**
   * mount_setattr(2) on an open mount.
   *
   * @param flags 0 or {@link OpenFlags#AT_RECURSIVE}
   * @param set attributes to set
   * @param clear attributes to clear
   * @param propagation one of {@code MS_PRIVATE}, {@code MS_SLAVE}, {@code MS_SHARED}, or 0
   * @param userNamespace for {@link MountFlags#ATTR_IDMAP}, else null
   */
  void mountSetattr(
      Fd mount, int flags, long set, long clear, long propagation, @Nullable Fd userNamespace)
      throws ErrnoException;
}
