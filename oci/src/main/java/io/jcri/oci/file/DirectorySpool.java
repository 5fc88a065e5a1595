package io.jcri.oci.file;

import io.jcri.sandbox.linux.PathBytes;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a layer says about its directories until everything else is in place: files made
 * in them would change their times, and a setgid bit would change the files. A layer may have
 * millions: what does not fit in little memory goes to a file.
 */
public final class DirectorySpool implements AutoCloseable {

  private static final int IN_MEMORY = 256 << 10;

  private final Path file;
  private final ByteArrayOutputStream memory = new ByteArrayOutputStream(1024);
  private @Nullable OutputStream spilled;
  private DataOutputStream out = new DataOutputStream(memory);
  private long count;

  /**
   * @param file to spill to; deleted by {@link #close}
   */
  public DirectorySpool(Path file) {
    this.file = file;
  }

  public void add(String path, Attributes attributes) throws IOException {
    if (spilled == null && memory.size() > IN_MEMORY) {
      spilled = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
      out = new DataOutputStream(spilled);
    }
    count++;
    writeBytes(PathBytes.encode(path));
    out.writeInt(attributes.mode());
    out.writeLong(attributes.uid());
    out.writeLong(attributes.gid());
    out.writeLong(attributes.mtimeSeconds());
    out.writeInt(attributes.mtimeNanos());
    out.writeInt(attributes.xattrs().size());
    for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
      writeBytes(PathBytes.encode(xattr.getKey()));
      writeBytes(xattr.getValue());
    }
  }

  /** Gives back all in the order in which they came. */
  public void forEach(Visitor visitor) throws IOException {
    out.flush();
    try (DataInputStream in = new DataInputStream(input())) {
      for (long i = 0; i < count; i++) {
        String path = PathBytes.decode(readBytes(in));
        int mode = in.readInt();
        long uid = in.readLong();
        long gid = in.readLong();
        long seconds = in.readLong();
        int nanos = in.readInt();
        int size = in.readInt();
        Map<String, byte[]> xattrs = size == 0 ? Map.of() : new HashMap<>();
        for (int x = 0; x < size; x++) {
          xattrs.put(PathBytes.decode(readBytes(in)), readBytes(in));
        }
        visitor.visit(path, new Attributes(mode, uid, gid, seconds, nanos, xattrs));
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (spilled != null) {
      spilled.close();
      Files.deleteIfExists(file);
    }
  }

  /** What to do with a directory. */
  public interface Visitor {
    void visit(String path, Attributes attributes) throws IOException;
  }

  private InputStream input() throws IOException {
    InputStream start = new ByteArrayInputStream(memory.toByteArray());
    return spilled == null
        ? start
        : new java.io.SequenceInputStream(
            start, new BufferedInputStream(Files.newInputStream(file), 1 << 16));
  }

  private void writeBytes(byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
