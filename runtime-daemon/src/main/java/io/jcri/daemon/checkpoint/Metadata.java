package io.jcri.daemon.checkpoint;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.JcriException;
import io.jcri.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The small files of a container's checkpoint, with the keys that {@code checkpointctl} and other
 * runtimes read.
 */
final class Metadata {
  static final String CONFIG = "config.dump";
  static final String SPEC = "spec.dump";
  static final String STATUS = "status.dump";
  static final String TIMES = "status";

  private static final int RUNNING = 1;
  private static final int MAX_BYTES = (int) Bound.CHECKPOINT_METADATA.limit();
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private Metadata() {}

  /** What a restore needs of {@code status.dump}. */
  record Status(@Json.Name("image_id") String imageId) {}

  static void write(Path stage, Container container, String handler, Path spec) throws IOException {
    write(stage.resolve(CONFIG), Json.toPrettyBytes(config(container, handler)));
    write(stage.resolve(SPEC), Files.readAllBytes(spec));
    write(stage.resolve(STATUS), Json.toPrettyBytes(status(container)));
    write(stage.resolve(TIMES), Json.toPrettyBytes(times(container)));
  }

  static void write(Path file, byte[] content) throws IOException {
    try (var channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            Capture.PRIVATE_FILE)) {
      var buffer = java.nio.ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  /**
   * A file of a checkpoint, which may be and say anything.
   *
   * @throws JcriException INVALID for one that is too large to be honest
   */
  static byte[] read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw JcriException.invalid(
            "%s of the checkpoint has more than %d bytes".formatted(file.getFileName(), MAX_BYTES));
      }
      return content;
    }
  }

  private static Map<String, Object> config(Container container, String handler) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("id", container.id());
    config.put("name", container.config().name());
    config.put("rootfsImage", container.config().imageSpec());
    config.put("rootfsImageRef", container.image().reference());
    config.put("rootfsImageName", container.image().name());
    config.put("runtime", handler);
    config.put("createdTime", time(container.createdAt()));
    config.put("checkpointedTime", Instant.now().toString());
    config.put("restoredTime", NEVER);
    config.put("restored", false);
    return config;
  }

  private static String time(long nanos) {
    return Instant.ofEpochSecond(0, nanos).toString();
  }

  /** The container's CRI status by the field names of the API. */
  private static Map<String, Object> status(Container container) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", container.config().name());
    metadata.put("attempt", container.config().attempt());
    Map<String, Object> image = new LinkedHashMap<>();
    image.put("image", container.image().name());
    image.put("user_specified_image", container.config().userImage());
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("id", container.id());
    status.put("metadata", metadata);
    status.put("state", RUNNING);
    status.put("created_at", container.createdAt());
    status.put("started_at", container.startedAt());
    status.put("image", image);
    status.put("image_ref", container.image().reference());
    status.put("image_id", container.image().id());
    status.put("labels", container.config().labels());
    status.put("annotations", container.config().annotations());
    status.put("log_path", container.logFile());
    return status;
  }

  private static Map<String, Object> times(Container container) {
    Map<String, Object> times = new LinkedHashMap<>();
    times.put("CreatedAt", container.createdAt());
    times.put("StartedAt", container.startedAt());
    times.put("FinishedAt", 0);
    times.put("ExitCode", 0);
    times.put("Pid", container.init().orElse(0));
    times.put("Reason", "");
    times.put("Message", "");
    return times;
  }
}
