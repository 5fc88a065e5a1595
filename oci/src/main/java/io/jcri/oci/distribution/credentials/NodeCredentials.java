package io.jcri.oci.distribution.credentials;

import io.jcri.oci.OciException;
import io.jcri.oci.OneLine;
import io.jcri.oci.distribution.config.OperatorFile;
import io.jcri.oci.distribution.config.RegistryHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The node's own credentials, for registries that want some when the caller gave none: a file as
 * {@link DockerConfig} reads it and the helpers that it names. Read when a host asks, so the next
 * pull sees what has changed. Thread-safe.
 */
public final class NodeCredentials {

  private final Path file;
  private final CredentialHelper helper;

  /**
   * Reads nothing yet.
   *
   * @param file such as {@code /var/lib/kubelet/config.json}; one that is absent says nothing
   */
  public NodeCredentials(Path file) {
    this(file, new CredentialHelper());
  }

  public NodeCredentials(Path file, CredentialHelper helper) {
    this.file = file;
    this.helper = helper;
  }

  /**
   * What is for a repository of a host, be it the registry or a mirror.
   *
   * @throws OciException FAILED_PRECONDITION when the file or a helper is broken; the message never
   *     quotes them
   */
  public Optional<Credentials> find(RegistryHost host, String repository)
      throws InterruptedException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] content = OperatorFile.bytes(file, DockerConfig.MAX_BYTES);
    DockerConfig config;
    try {
      config = DockerConfig.parse(content);
    } catch (OciException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
    for (DockerConfig.Place place : config.placesFor(host, repository)) {
      Optional<Credentials> found =
          switch (place) {
            case DockerConfig.Place.Here here -> Optional.of(checked(here));
            case DockerConfig.Place.Helper asked -> helper.get(asked.name(), asked.server());
          };
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Changes with the file. */
  public String stamp() {
    try {
      return Files.getLastModifiedTime(file) + " " + Files.size(file);
    } catch (IOException e) {
      return "";
    }
  }

  private Credentials checked(DockerConfig.Place.Here here) {
    try {
      Optional<String> _ = here.credentials().basic();
      return here.credentials();
    } catch (OciException e) {
      throw bad(e.getMessage() + " of " + OneLine.of(here.key()));
    }
  }

  private OciException bad(String why) {
    return new OciException(OciException.Kind.FAILED_PRECONDITION, "bad " + file + ": " + why);
  }
}
