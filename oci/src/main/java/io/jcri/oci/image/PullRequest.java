package io.jcri.oci.image;

import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.Platform;
import java.util.Optional;

/**
 * An image to pull.
 *
 * @param platform that it must run on
 */
public record PullRequest(
    ImageReference reference, Optional<Credentials> credentials, Platform platform) {

  /** For this node, without credentials. */
  public static PullRequest of(ImageReference reference) {
    return new PullRequest(reference, Optional.empty(), Platform.host());
  }
}
