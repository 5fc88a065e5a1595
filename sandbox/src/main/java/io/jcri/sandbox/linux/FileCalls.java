package io.jcri.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Opening, reading, making, naming and removing files. See {@link Syscalls} for the rules. */
public interface FileCalls {
  /**
   * Opens {@code path} below {@code directory} (openat2(2)); close-on-exec is added.
   *
   * @param flags of {@link OpenFlags}
   * @param mode permissions of a file that is made, else 0
   * @param resolve {@code RESOLVE_*} of {@link OpenFlags}
   */
  Fd openat2(Fd directory, String path, int flags, int mode, int resolve) throws ErrnoException;

  /** Opens a path of the host that is trusted. */
  default Fd open(String path, int flags, int mode) throws ErrnoException {
    return openat2(Fd.CWD, path, flags, mode, 0);
  }

  /**
   * Reads into the native segment once.
   *
   * @return the bytes read, 0 at the end
   */
  int read(Fd file, MemorySegment into) throws ErrnoException;

  /** How many bytes lie in a pipe, a terminal or a socket, to be read at once. */
  int readable(Fd file) throws ErrnoException;

  /**
   * Writes from the native segment once.
   *
   * @return the bytes written, perhaps fewer than given
   */
  int write(Fd file, MemorySegment from) throws ErrnoException;

  /** Writes all of the native segment. */
  default void writeFully(Fd file, MemorySegment from) throws ErrnoException {
    long done = 0;
    while (done < from.byteSize()) {
      done += write(file, from.asSlice(done));
    }
  }

  /**
   * The content of a small file of /proc or /sys, which gives all of it to one read: opens, reads
   * once and closes, in about half the time that it takes one by one.
   *
   * @return at most {@code limit} bytes
   */
  byte[] readOnce(String path, int limit) throws ErrnoException;

  /** Sets the size; growing makes a hole. */
  void ftruncate(Fd file, long size) throws ErrnoException;

  /** What an open file (also one opened with {@link OpenFlags#PATH}) is. */
  FileStat fstat(Fd file) throws ErrnoException;

  /** What a name is; a link in the last step is not followed. */
  FileStat fstatat(Fd directory, String path) throws ErrnoException;

  /** The entries of an open directory, without "." and "..", in no order. Reads from its offset. */
  List<DirectoryEntry> list(Fd directory) throws ErrnoException;

  /**
   * The next entries of an open directory, without "." and "..", at most a buffer of 32 KiB; empty
   * at the end. For directories that may be larger than the heap.
   */
  List<DirectoryEntry> listSome(Fd directory) throws ErrnoException;

  /** Makes a directory. */
  void mkdirat(Fd directory, String path, int mode) throws ErrnoException;

  /**
   * Makes a device, pipe, socket or plain file.
   *
   * @param mode with the type's bits, see {@link FileStat}
   */
  void mknodat(Fd directory, String path, int mode, int major, int minor) throws ErrnoException;

  /** Makes a symbolic link {@code path} to {@code target}. */
  void symlinkat(String target, Fd directory, String path) throws ErrnoException;

  /** Makes another name for a file. */
  void linkat(Fd oldDirectory, String oldPath, Fd newDirectory, String newPath, int flags)
      throws ErrnoException;

  /** Removes a name; a directory with {@link OpenFlags#AT_REMOVEDIR}. */
  void unlinkat(Fd directory, String path, int flags) throws ErrnoException;

  /** Moves a name; flags are {@code RENAME_*} of {@link OpenFlags}. */
  void renameat2(Fd oldDirectory, String oldPath, Fd newDirectory, String newPath, int flags)
      throws ErrnoException;

  /** A symbolic link's target; with an empty path, of the link that {@code directory} is. */
  String readlinkat(Fd directory, String path) throws ErrnoException;

  /** Writes the file's content to the disk. Blocks. */
  void fsync(Fd file) throws IOException;

  /** Writes all of the file's file system to the disk. Blocks, on a slow disk for seconds. */
  void syncfs(Fd file) throws IOException;

  /**
   * Has the disk begin to write what the file holds, so that a {@link #syncfs} finds less to do;
   * says nothing of its end (sync_file_range(2), SYNC_FILE_RANGE_WRITE).
   */
  void startWriteback(Fd file) throws ErrnoException;

  /** The state of the file system that holds {@code path}. Blocks on a dead network file system. */
  FileSystemStat statfs(String path) throws IOException;

  /** Takes or, when another holds it, fails with EWOULDBLOCK (EAGAIN) to take an advisory lock. */
  void tryLock(Fd file) throws ErrnoException;

  /** Takes an advisory lock, waiting for it; closing the file gives it back. */
  void lock(Fd file) throws IOException;

  /** An anonymous file in memory. */
  Fd memfdCreate(String name) throws ErrnoException;
}
