package io.jcri.daemon.checkpoint;

import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Layout;
import io.jcri.oci.OciException;
import io.jcri.oci.runtime.OciRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers that are paused together and go on together, whatever happens between. Each leaves a
 * file while it is paused: should the daemon die, the next one knows whom to let go on.
 *
 * <p>Not thread-safe.
 */
public final class Freeze implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Freeze.class);
  private static final int TRIES = 3;

  private record Paused(OciRuntime runtime, String id) {}

  private final Layout layout;
  private final Deque<Paused> paused = new ArrayDeque<>();

  Freeze(Layout layout) {
    this.layout = layout;
  }

  /**
   * Pauses one more.
   *
   * @param stage what is to be deleted if the daemon dies now
   */
  void pause(OciRuntime runtime, String id, Path stage) throws IOException {
    Files.createDirectories(layout.paused());
    Files.writeString(layout.paused().resolve(id), stage.toString());
    // From here on it may be paused, even if the runtime says that it failed.
    paused.push(new Paused(runtime, id));
    runtime.pause(id);
    log.info("container {} is paused for a checkpoint", id);
  }

  /**
   * All go on. Once is enough; again is harmless.
   *
   * @throws JcriException INTERNAL when one does not, after all others do
   */
  @Override
  public void close() {
    JcriException failure = null;
    while (!paused.isEmpty()) {
      Paused next = paused.pop();
      try {
        boolean _ = resume(next.runtime(), next.id());
        Files.deleteIfExists(layout.paused().resolve(next.id()));
        log.info("container {} goes on", next.id());
      } catch (OciException | IOException e) {
        Faults.error(log, "container %s stays paused".formatted(next.id()), e);
        failure = new JcriException(Kind.INTERNAL, "container " + next.id() + " stays paused", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Lets a container go on. One that is not paused, or not any more there, is fine.
   *
   * @return whether the runtime knows it: then it is paused no longer
   * @throws OciException it may still be paused, as the runtime failed or cannot be executed
   */
  public static boolean resume(OciRuntime runtime, String id) {
    for (int left = TRIES; ; left--) {
      try {
        runtime.resume(id);
        return true;
      } catch (OciException e) {
        if (e.kind() == OciException.Kind.NOT_FOUND) {
          log.debug("container {} is not there: {}", id, e.getMessage());
          return false;
        }
        if (isRefusal(e)) {
          log.debug("container {} was not paused: {}", id, e.getMessage());
          return true;
        }
        if (left == 1) {
          throw e;
        }
      }
    }
  }

  /** Whether the runtime has said it; a binary that cannot be executed is of the same kind. */
  private static boolean isRefusal(OciException e) {
    return e.kind() == OciException.Kind.FAILED_PRECONDITION && e.getCause() == null;
  }
}
