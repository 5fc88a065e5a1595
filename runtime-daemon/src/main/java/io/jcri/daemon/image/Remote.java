package io.jcri.daemon.image;

import io.jcri.oci.distribution.Credentials;
import io.jcri.oci.distribution.Descriptor;
import io.jcri.oci.distribution.ImageReference;
import io.jcri.oci.distribution.Registries;
import io.jcri.oci.distribution.Repository;
import io.jcri.oci.distribution.Resolved;
import io.jcri.oci.image.Registry;
import java.io.InputStream;
import java.util.Optional;

/** Registries as the image store wants them. */
record Remote(Registries registries) implements Registry {

  @Override
  public Resolved resolve(ImageReference reference, Optional<Credentials> credentials) {
    return open(reference, credentials).resolve();
  }

  @Override
  public byte[] manifest(
      ImageReference reference, Descriptor descriptor, Optional<Credentials> credentials) {
    return open(reference, credentials).fetchManifest(descriptor);
  }

  @Override
  public InputStream blob(
      ImageReference reference,
      Descriptor descriptor,
      long offset,
      Optional<Credentials> credentials) {
    return open(reference, credentials).openBlob(descriptor, offset);
  }

  private Repository open(ImageReference reference, Optional<Credentials> credentials) {
    return registries.open(reference, credentials.orElse(Credentials.anonymous()));
  }
}
