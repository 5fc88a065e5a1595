package io.jcri.oci.distribution;

import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.manifest.ImageReference;

/**
 * Where images come from: {@link RegistryClient} in earnest, a map in memory in tests. Thread-safe.
 */
public interface Registries {

  /**
   * Begins one pull. Nothing is sent yet.
   *
   * @param reference decides the registry, its mirrors and the repository
   * @param credentials for that registry only; {@link Credentials#anonymous} when there are none
   */
  Repository open(ImageReference reference, Credentials credentials);
}
