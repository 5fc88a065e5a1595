package io.jcri.oci.archive;

import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.OciException;
import io.jcri.oci.file.KernelFault;
import io.jcri.oci.inflate.BlobChannel;
import io.jcri.oci.inflate.ChunkSource;
import io.jcri.oci.tar.EntryPath;
import io.jcri.oci.tar.TarEntry;
import io.jcri.oci.tar.TarReader;
import io.jcri.oci.tar.TarWriter;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A tar archive of plain files and directories that are root's alone, such as a checkpoint. Reading
 * one trusts nothing that it says: no entry but those two types, none that is there already, none
 * outside the directory, no owner, mode or attribute. Holes are written as zeros, and an archive
 * with holes is refused: so no file of it is larger than the archive. Thread-safe.
 */
public final class FileArchive {

  private static final int FILE_MODE = 0600;
  private static final int DIRECTORY_MODE = 0700;
  private static final int MAX_DEPTH = 8;

  private final Syscalls sys;

  /** With these system calls. */
  public FileArchive(Syscalls sys) {
    this.sys = sys;
  }

  /**
   * What an archive may hold.
   *
   * @param entries how many
   * @param bytes of all files together
   */
  public record Limits(int entries, long bytes) {}

  /**
   * Packs files and directories, with what is in them, in this order; the stream stays open. What
   * is neither is an error. Ends with an {@link InterruptedIOException} when interrupted.
   *
   * @param names below the directory, those that are missing are left out
   */
  public void pack(Path directory, List<String> names, OutputStream out) throws IOException {
    TarWriter tar = new TarWriter(out);
    byte[] buffer = new byte[256 << 10];
    for (String name : names) {
      if (Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        pack(tar, directory.resolve(name), name, buffer, 0);
      }
    }
    tar.finish();
  }

  private void pack(TarWriter tar, Path path, String name, byte[] buffer, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException(path + " is too deep");
    }
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      tar.begin(entry(TarEntry.Type.DIRECTORY, name + "/", DIRECTORY_MODE, 0, path));
      try (Stream<Path> children = Files.list(path)) {
        for (Path child : children.sorted().toList()) {
          pack(tar, child, name + "/" + child.getFileName(), buffer, depth + 1);
        }
      }
      return;
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + " is no plain file");
    }
    tar.begin(entry(TarEntry.Type.FILE, name, FILE_MODE, Files.size(path), path));
    try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      while (tar.left() > 0) {
        int length = in.read(buffer, 0, (int) Math.min(buffer.length, tar.left()));
        if (length < 0) {
          throw new IOException(path + " became shorter while it was read");
        }
        refuseInterrupted(path);
        tar.write(buffer, 0, length);
      }
    }
  }

  private static TarEntry entry(TarEntry.Type type, String name, int mode, long size, Path path)
      throws IOException {
    long modified =
        Math.max(0, Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis() / 1000);
    return new TarEntry(type, name, "", mode, 0, 0, size, modified, 0, 0, 0, Map.of(), false);
  }

  /**
   * Unpacks into an existing directory that nobody else writes to. What is there when it fails is
   * for the caller to remove.
   *
   * @throws OciException INVALID for an archive that is malformed or hostile, DATA_LOSS for one
   *     that ends too early, RESOURCE_EXHAUSTED for a full disk
   */
  public void unpack(InputStream archive, Path directory, Limits limits) {
    try (Fd root = sys.open(directory.toString(), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0)) {
      new Unpacking(new TarReader(chunks(archive)), root, limits).run();
    } catch (ErrnoException e) {
      throw KernelFault.of("cannot unpack into " + directory, e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot unpack into " + directory, e);
    }
  }

  private static ChunkSource chunks(InputStream in) {
    // Off the heap, as write(2) by a downcall wants it.
    ByteBuffer chunk = ByteBuffer.allocateDirect(256 << 10);
    BlobChannel channel = new BlobChannel(in, chunk.capacity());
    return () -> {
      chunk.clear();
      return channel.read(chunk) < 0 ? null : chunk.flip();
    };
  }

  private final class Unpacking {
    private final TarReader tar;
    private final Fd root;
    private final Limits limits;
    private int entries;
    private long bytes;

    Unpacking(TarReader tar, Fd root, Limits limits) {
      this.tar = tar;
      this.root = root;
      this.limits = limits;
    }

    void run() throws IOException {
      for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (++entries > limits.entries()) {
          throw invalid("archive has more than " + limits.entries() + " entries");
        }
        refuseInterrupted(entry.shown());
        String path = EntryPath.normal(entry.name());
        if (path.chars().filter(c -> c == '/').count() > MAX_DEPTH) {
          throw refused(entry, "is too deep");
        }
        switch (entry.type()) {
          case DIRECTORY -> directory(path);
          case FILE -> file(entry, path);
          case SYMLINK -> throw refused(entry, "is a symbolic link");
          case HARD_LINK -> throw refused(entry, "is a hard link");
          case CHARACTER_DEVICE, BLOCK_DEVICE -> throw refused(entry, "is a device");
          case FIFO -> throw refused(entry, "is a pipe");
        }
      }
    }

    private void directory(String path) throws IOException {
      if (path.isEmpty()) {
        return;
      }
      try {
        sys.mkdirat(root, checked(path), DIRECTORY_MODE);
      } catch (ErrnoException e) {
        // Its type is checked by whatever is put into it.
        if (!e.is(Errno.EEXIST)) {
          throw e;
        }
      }
    }

    /** A parent is made when the archive leaves its entry out, as some writers do. */
    private String checked(String path) throws IOException {
      String parent = EntryPath.parent(path);
      if (!parent.isEmpty()) {
        directory(parent);
      }
      return path;
    }

    private void file(TarEntry entry, String path) throws IOException {
      if (path.isEmpty()) {
        throw refused(entry, "has no name");
      }
      if (entry.sparse()) {
        throw refused(entry, "is sparse");
      }
      if (entry.size() > limits.bytes() - bytes) {
        throw refused(entry, "makes the archive larger than " + limits.bytes() + " bytes");
      }
      bytes += entry.size();
      int flags =
          OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.EXCLUSIVE | OpenFlags.NOFOLLOW;
      int resolve = OpenFlags.RESOLVE_BENEATH | OpenFlags.RESOLVE_NO_SYMLINKS;
      try (Fd file = sys.openat2(root, checked(path), flags, FILE_MODE, resolve)) {
        for (ByteBuffer data = tar.data(); data != null; data = tar.data()) {
          refuseInterrupted(entry.shown());
          sys.writeFully(file, MemorySegment.ofBuffer(data));
        }
      } catch (ErrnoException e) {
        if (e.is(Errno.EEXIST)) {
          throw refused(entry, "is there twice");
        }
        throw e;
      }
    }
  }

  private static void refuseInterrupted(Object where) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted at " + where);
    }
  }

  private static OciException refused(TarEntry entry, String why) {
    return invalid("archive's entry \"" + entry.shown() + "\" " + why);
  }
}
