package io.jcri.oci.image;

import io.jcri.oci.distribution.Credentials;
import io.jcri.oci.distribution.Descriptor;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.Resolved;
import java.io.InputStream;
import java.util.Optional;

/**
 * What this package needs of registries. Content is checked here, whoever gives it. Thread-safe.
 */
public interface Registry {

  /** What a reference stands for now. */
  Resolved resolve(ImageReference reference, Optional<Credentials> credentials);

  /** A manifest or index. */
  byte[] manifest(
      ImageReference reference, Descriptor descriptor, Optional<Credentials> credentials);

  /** A blob from an offset on. */
  InputStream blob(
      ImageReference reference,
      Descriptor descriptor,
      long offset,
      Optional<Credentials> credentials);
}
