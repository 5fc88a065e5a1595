package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One blob that is being written to a file of {@link PartialBlobs}. Not thread-safe. */
final class PartialBlob implements AutoCloseable {

  private final Descriptor blob;
  private final Path file;
  private final Runnable onClose;
  private final FileChannel channel;
  private long offset;
  private boolean closed;

  /** Goes on behind what is there; what is longer than the blob cannot be of it. */
  PartialBlob(Descriptor blob, Path file, Runnable onClose) {
    this.blob = blob;
    this.file = file;
    this.onClose = onClose;
    try {
      this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw OciException.ofIo("cannot open " + file, e);
    }
    try {
      offset = channel.size() > blob.size() ? 0 : channel.size();
      channel.truncate(offset).position(offset);
    } catch (IOException e) {
      closeQuietly(e);
      throw OciException.ofIo("cannot continue " + file, e);
    }
  }

  /** How many bytes are here; the next write goes behind them. */
  long offset() {
    return offset;
  }

  /**
   * Appends.
   *
   * @throws OciException DATA_LOSS when it would grow beyond the blob's size, RESOURCE_EXHAUSTED
   *     when the disk is full
   */
  void write(byte[] buffer, int from, int length) {
    if (offset + length > blob.size()) {
      throw new OciException(
          OciException.Kind.DATA_LOSS,
          "blob " + blob.digest() + " is longer than its " + blob.size() + " bytes");
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(buffer, from, length);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot write " + file, e);
    }
    offset += length;
  }

  /** What is here, from the start; the caller closes it. */
  InputStream readBack() {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + file, e);
    }
  }

  /** Deletes what came, and closes. */
  void discard() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw OciException.ofIo("cannot delete " + file, e);
    } finally {
      close();
    }
  }

  /** Keeps what came for a later try. */
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
      onClose.run();
    }
  }

  private void closeQuietly(IOException reason) {
    try {
      channel.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
