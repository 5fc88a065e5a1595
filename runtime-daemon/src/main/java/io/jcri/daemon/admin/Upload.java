package io.jcri.daemon.admin;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request and its content on their way to the daemon. The content is sent by a thread of its own,
 * since the daemon may fail while more has still to come. A daemon that refuses what it has read
 * stops reading; its answer tells why.
 */
final class Upload {
  private final Wire wire;
  private final Optional<InputStream> content;
  private volatile @Nullable IOException broken;

  Upload(Wire wire, Optional<InputStream> content) {
    this.wire = wire;
    this.content = content;
  }

  /** Sends the request and starts to send the content; nobody else may write from now on. */
  void start(Map<String, Object> request) {
    try {
      wire.write(request);
    } catch (IOException e) {
      broken = e;
      return;
    }
    // It does not keep the program from its end.
    content.ifPresent(in -> {
      Thread _ = Thread.ofPlatform().daemon().name("upload").start(() -> send(in));
    });
  }

  private void send(InputStream in) {
    try {
      wire.send(in);
    } catch (IOException e) {
      broken = e;
      endQuietly();
    }
  }

  /** The daemon must not wait for the rest. */
  private void endQuietly() {
    try {
      wire.endWriting();
    } catch (IOException e) {
      // as good as an end
    }
  }

  /** Why it has ended early, when it has. */
  Optional<IOException> broken() {
    return Optional.ofNullable(broken);
  }
}
