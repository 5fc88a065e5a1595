package io.jcri.sandbox.linux;

import java.util.List;
import java.util.Optional;

/** Owners, modes, times and extended attributes. See {@link Syscalls} for the rules. */
public interface AttributeCalls {
  /** utimensat: leave this time as it is, in place of the nanoseconds. */
  int TIME_OMIT = (1 << 30) - 2;

  /** utimensat: the present time, in place of the nanoseconds. */
  int TIME_NOW = (1 << 30) - 1;

  /** addInodeFlags: directories made in this one are spread over the disk, as chattr +T has it. */
  int TOP_DIRECTORY_FLAG = 0x00020000;

  /**
   * Adds FS_*_FL flags (ioctl_iflags(2)) to those that an open file has; not every file system
   * knows all.
   */
  void addInodeFlags(Fd file, int flags) throws ErrnoException;

  /** Sets owner and group; clears the set-id bits. */
  void fchown(Fd file, long uid, long gid) throws ErrnoException;

  /** Sets owner and group of a name; a link in the last step is not followed. */
  void fchownat(Fd directory, String path, long uid, long gid) throws ErrnoException;

  /** Sets the 12 permission bits. */
  void fchmod(Fd file, int mode) throws ErrnoException;

  /**
   * Sets the 12 permission bits of a name. Never follows a link in the last step: a link's own mode
   * cannot be set, which fails with EOPNOTSUPP.
   */
  void fchmodat(Fd directory, String path, int mode) throws ErrnoException;

  /** Sets access and modification time of a name; a link in the last step is not followed. */
  void utimensat(
      Fd directory, String path, long accessSec, int accessNs, long modifySec, int modifyNs)
      throws ErrnoException;

  /** Sets the times of an open file. */
  void futimens(Fd file, long accessSec, int accessNs, long modifySec, int modifyNs)
      throws ErrnoException;

  /** Sets an extended attribute of an open file (not one opened with {@link OpenFlags#PATH}). */
  void fsetxattr(Fd file, String name, byte[] value) throws ErrnoException;

  /** Sets an extended attribute of a trusted path; a link in the last step is not followed. */
  void lsetxattr(String path, String name, byte[] value) throws ErrnoException;

  /**
   * Sets an extended attribute of {@code file}, one step below {@code directory}; not followed when
   * it is a link.
   */
  default void setxattrat(Fd directory, String file, String name, byte[] value)
      throws ErrnoException {
    if (file.isEmpty() || file.indexOf('/') >= 0) {
      // More steps would be resolved by the path walk of the host, not of the image.
      throw new ErrnoException("set " + name + " of", Errno.EINVAL.number(), file);
    }
    lsetxattr(directory.procPath() + "/" + file, name, value);
  }

  /** An extended attribute, or empty when there is none; a link is not followed. */
  Optional<byte[]> lgetxattr(String path, String name) throws ErrnoException;

  /** The names of a path's extended attributes; a link is not followed. */
  List<String> llistxattr(String path) throws ErrnoException;
}
