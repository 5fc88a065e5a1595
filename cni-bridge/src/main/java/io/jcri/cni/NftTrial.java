package io.jcri.cni;

import io.jcri.cni.PodCidrs.Cidr;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the kernel takes the rule of {@link Masquerade} from {@code nft}: tried in a network
 * namespace that goes with the trial, so that nothing on the node changes. Stateless.
 */
final class NftTrial {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String TABLE = "jcri-check";

  /** RFC 5737's, for documentation. */
  private static final Cidr RANGE = new Cidr("192.0.2.0/24", false);

  private NftTrial() {}

  /**
   * Tries it.
   *
   * @param unshare util-linux's, which makes the namespace
   * @return what nft says when it is refused
   * @throws IOException when it could not be tried
   */
  static Optional<String> refusal(Path nft, Path unshare) throws IOException {
    List<String> command = List.of(unshare.toString(), "--net", nft.toString(), "-f", "-");
    try (ChildProcess processes = new ChildProcess()) {
      ChildProcess.Outcome outcome =
          processes.run(command, Map.of(), Masquerade.rules(TABLE, false, List.of(RANGE)), TIMEOUT);
      if (outcome.exitCode() == 0) {
        return Optional.empty();
      }
      String said =
          outcome.stderr().lines().findFirst().orElse("it ended with " + outcome.exitCode());
      if (said.startsWith("unshare:")) {
        throw new IOException(said);
      }
      return Optional.of(said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("trying nft was interrupted");
    }
  }
}
