package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way into the {@link ContentStore}. Write from {@link #offset} on, then commit.
 * Not thread-safe.
 */
public final class Ingest implements AutoCloseable {

  private static final int BUFFER = 1 << 16;

  private final ContentStore store;
  private final Descriptor descriptor;
  private final Path file;
  private final FileChannel channel;

  /**
   * Null when whoever writes checks the digest as well: then only {@link #commit} reads it all
   * again.
   */
  private @Nullable MessageDigest hash;

  private long offset;
  private boolean closed;

  Ingest(ContentStore store, Descriptor descriptor, Path file, boolean hashing) {
    this.store = store;
    this.descriptor = descriptor;
    this.file = file;
    this.hash = hashing ? descriptor.digest().newHash() : null;
    try {
      this.channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw OciException.ofIo("cannot open " + file, e);
    }
    try {
      if (hash != null) {
        offset = rehash(hash);
      } else {
        offset = channel.size() > descriptor.size() ? 0 : channel.size();
        channel.truncate(offset).position(offset);
      }
    } catch (IOException e) {
      closeQuietly(e);
      throw OciException.ofIo("cannot continue " + file, e);
    }
  }

  /** How many bytes are here; the next write goes behind them. */
  public long offset() {
    return offset;
  }

  /** Forgets what came so far. */
  public void restart() {
    try {
      channel.truncate(0);
      channel.position(0);
    } catch (IOException e) {
      throw OciException.ofIo("cannot truncate " + file, e);
    }
    hash = hash == null ? null : descriptor.digest().newHash();
    offset = 0;
  }

  /**
   * Appends.
   *
   * @throws OciException DATA_LOSS when it would grow beyond the descriptor's size,
   *     RESOURCE_EXHAUSTED when the disk is full
   */
  public void write(byte[] buffer, int from, int length) {
    if (offset + length > descriptor.size()) {
      throw new OciException(
          OciException.Kind.DATA_LOSS,
          "blob " + descriptor.digest() + " is longer than its " + descriptor.size() + " bytes");
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(buffer, from, length);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot write " + file, e);
    }
    if (hash != null) {
      hash.update(buffer, from, length);
    }
    offset += length;
  }

  /** Writes all that the stream has; the stream starts at {@link #offset}. */
  public void writeAll(InputStream in) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      write(buffer, 0, n);
    }
  }

  /**
   * Checks size and digest, syncs and makes the blob visible. A file with wrong content is deleted,
   * so that the next try starts afresh.
   *
   * @throws OciException DATA_LOSS
   */
  public void commit() {
    Digest digest = descriptor.digest();
    if (offset < descriptor.size()) {
      throw new OciException(
          OciException.Kind.DATA_LOSS,
          "blob " + digest + " ended after " + offset + " of " + descriptor.size() + " bytes");
    }
    try {
      MessageDigest whole = hash;
      if (whole == null) {
        whole = digest.newHash();
        channel.position(0);
        long _ = rehash(whole);
      }
      if (!digest.matches(whole.digest())) {
        Files.deleteIfExists(file);
        throw new OciException(
            OciException.Kind.DATA_LOSS,
            "the content of blob " + digest + " is not that of its digest");
      }
      channel.force(true);
      store.commit(digest);
    } catch (IOException e) {
      throw OciException.ofIo("cannot store blob " + digest, e);
    } finally {
      close();
    }
  }

  /** What is here, from the start; the caller closes it. */
  public InputStream readBack() {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + file, e);
    }
  }

  /** Gives up the download and deletes what came. */
  public void discard() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw OciException.ofIo("cannot delete " + file, e);
    } finally {
      close();
    }
  }

  /** Keeps an unfinished download for a later try. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw OciException.ofIo("cannot close " + file, e);
    } finally {
      store.release(descriptor.digest());
    }
  }

  /**
   * What a killed run left may end in bytes that never reached the disk; the digest at the end
   * tells.
   */
  private long rehash(MessageDigest into) throws IOException {
    if (channel.size() > descriptor.size()) {
      channel.truncate(0);
    }
    long length = 0;
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    while (channel.read(buffer) >= 0) {
      buffer.flip();
      length += buffer.remaining();
      into.update(buffer);
      buffer.clear();
    }
    return length;
  }

  private void closeQuietly(IOException reason) {
    try {
      channel.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
