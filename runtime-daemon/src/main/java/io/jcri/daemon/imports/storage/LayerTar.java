package io.jcri.daemon.imports.storage;

import io.jcri.daemon.imports.ImportException;
import io.jcri.oci.BulkInputStream;
import io.jcri.oci.tar.TarEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A layer's tar archive, made again of its tar-split and its files while it is read. A file that is
 * not as it was is named. Not thread-safe.
 */
final class LayerTar extends BulkInputStream {
  private final Syscalls sys;
  private final TarSplit parts;
  private final Fd root;
  private @Nullable Open part;

  /** A part on its way. */
  private static final class Open {
    private final TarSplit.Part what;
    private final InputStream in;
    private final Crc64 sum = new Crc64();
    private long left;

    Open(TarSplit.Part what, InputStream in) {
      this.what = what;
      this.in = in;
      this.left = what.size();
    }
  }

  /**
   * @param files the layer's root directory, whose content is a stranger's
   */
  LayerTar(Syscalls sys, Path split, Path files) throws IOException {
    this.sys = sys;
    this.parts = new TarSplit(split);
    boolean done = false;
    try {
      this.root = sys.open(files.toString(), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0);
      done = true;
    } finally {
      if (!done) {
        parts.close();
      }
    }
  }

  /**
   * How many bytes a layer's archive has.
   *
   * @param split its tar-split
   */
  static long size(Path split) throws IOException {
    long size = 0;
    try (TarSplit parts = new TarSplit(split)) {
      for (TarSplit.Part part = parts.next(); part != null; part = parts.next()) {
        size += part.size();
      }
    }
    return size;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      Open now = part;
      if (now != null && now.left > 0) {
        int count = now.in.read(target, from, (int) Math.min(length, now.left));
        if (count < 0) {
          throw changed(now.what, "is shorter");
        }
        now.left -= count;
        now.sum.update(target, from, count);
        return count;
      }
      if (now != null) {
        finish(now);
      }
      TarSplit.Part next = parts.next();
      if (next == null) {
        return -1;
      }
      part =
          new Open(
              next,
              switch (next) {
                case TarSplit.Bytes bytes -> new ByteArrayInputStream(bytes.bytes());
                case TarSplit.Content content -> open(content);
              });
    }
  }

  private void finish(Open done) throws IOException {
    part = null;
    done.in.close();
    if (done.what instanceof TarSplit.Content content) {
      Optional<Long> sum = content.sum();
      if (sum.isPresent() && sum.get() != done.sum.value()) {
        throw changed(content, "has other content");
      }
    }
  }

  private static ImportException changed(TarSplit.Part what, String how) {
    String name = what instanceof TarSplit.Content content ? shown(content) : "a header";
    return new ImportException(name + " " + how + " than when the layer was unpacked");
  }

  private static String shown(TarSplit.Content content) {
    return "file " + TarEntry.shown(content.name());
  }

  private InputStream open(TarSplit.Content content) throws IOException {
    Fd file;
    try {
      int flags = OpenFlags.READ_ONLY | OpenFlags.NONBLOCK | OpenFlags.NOFOLLOW;
      file = sys.openat2(root, content.name(), flags, 0, OpenFlags.RESOLVE_HOSTILE);
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        throw new ImportException(shown(content) + " is missing", e);
      }
      throw e;
    }
    boolean done = false;
    try {
      if (!sys.fstat(file).isRegular()) {
        throw new ImportException(shown(content) + " is no longer a file");
      }
      InputStream in = Files.newInputStream(Path.of(file.procPath()));
      done = true;
      return new FilterInputStream(in) {
        @Override
        public void close() throws IOException {
          super.close();
          file.close();
        }
      };
    } finally {
      if (!done) {
        file.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (root;
        parts) {
      Open now = part;
      part = null;
      if (now != null) {
        now.in.close();
      }
    }
  }
}
