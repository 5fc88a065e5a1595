package io.jcri.daemon.cli.pod;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A log as it grows: where the kubelet renames it and another comes in its place, the rest of the
 * old one is read first. Links are not followed: what lies there a pod may have put there. Not
 * thread-safe.
 */
final class LogFile implements Closeable {
  private final Path path;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10).flip();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private FileChannel channel;
  private @Nullable Object key;

  /**
   * Opens it.
   *
   * @throws IOException also when it is no plain file
   */
  LogFile(Path path) throws IOException {
    this.path = path;
    this.channel = open();
  }

  private FileChannel open() throws IOException {
    BasicFileAttributes file = attributes();
    if (!file.isRegularFile()) {
      throw new IOException(path + " is no plain file");
    }
    key = file.fileKey();
    return FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  private BasicFileAttributes attributes() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** The next whole line without its end; empty when there is none yet. */
  Optional<byte[]> next() throws IOException {
    while (true) {
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next == '\n') {
          byte[] whole = line.toByteArray();
          line.reset();
          return Optional.of(whole);
        }
        line.write(next);
      }
      if (!fill() && !turn()) {
        return Optional.empty();
      }
    }
  }

  private boolean fill() throws IOException {
    buffer.clear();
    int count = channel.read(buffer);
    buffer.flip();
    return count > 0;
  }

  /** Goes on with the file that has come in the place of the one that was read to its end. */
  private boolean turn() throws IOException {
    if (channel.size() < channel.position()) {
      channel.position(0); // emptied by somebody who does not rotate
      line.reset();
      return true;
    }
    try {
      Object now = attributes().fileKey();
      if (now == null || now.equals(key)) {
        return false;
      }
      // The shim wrote to the old one until it has opened the new one: that is over now.
      if (fill()) {
        return true;
      }
      channel.close();
      channel = open();
      line.reset();
      return true;
    } catch (NoSuchFileException e) {
      return false; // renamed, and the new one is not there yet
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
