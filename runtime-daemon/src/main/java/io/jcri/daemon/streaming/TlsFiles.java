package io.jcri.daemon.streaming;

import io.jcri.daemon.config.DaemonConfig.Tls;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's certificate and key, read again when one of the files was replaced: each new
 * connection looks at them. While the new ones can't be used (one was replaced, the other not yet),
 * the old ones stay in use.
 *
 * <p>Thread-safe.
 */
public final class TlsFiles {
  private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);

  /** What tells one version of a file from another. */
  private record Version(@Nullable Object inode, FileTime modified, long size) {
    static Version of(Path file) throws IOException {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Version(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
      } catch (NoSuchFileException e) {
        throw new IOException("there is no file " + file, e);
      }
    }
  }

  private record Loaded(List<Version> versions, SslContext context) {}

  private final Tls files;
  private Loaded loaded;
  private List<Version> tried;

  /**
   * Reads the files.
   *
   * @throws IOException naming them, when they can't be used
   */
  public TlsFiles(Tls files) throws IOException {
    this.files = files;
    this.tried = versions();
    this.loaded = new Loaded(tried, load());
  }

  /** The context for a new connection. */
  public synchronized SslContext current() {
    try {
      List<Version> now = versions();
      if (!now.equals(loaded.versions) && !now.equals(tried)) {
        tried = now;
        loaded = new Loaded(now, load());
        log.info("read {} and its key again", files.certificate());
      }
    } catch (IOException e) {
      log.warn("the old certificate of {} stays in use: {}", files.certificate(), e.getMessage());
    }
    return loaded.context;
  }

  private List<Version> versions() throws IOException {
    return List.of(Version.of(files.certificate()), Version.of(files.key()));
  }

  private SslContext load() throws IOException {
    try {
      return SslContextBuilder.forServer(files.certificate().toFile(), files.key().toFile())
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (IllegalArgumentException | IOException e) {
      throw new IOException(
          "cannot use certificate %s with key %s (PEM, PKCS #8): %s"
              .formatted(files.certificate(), files.key(), e.getMessage()),
          e);
    }
  }
}
