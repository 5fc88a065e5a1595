package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistriesConf;
import io.jcri.oci.distribution.credentials.CredentialHelper;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.distribution.credentials.NodeCredentials;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A client under test, and registries that end with the test. */
abstract class RegistryFixture {

  /** Longer than any pause of a busy machine. */
  private static final Patience PATIENCE = new Patience(Duration.ofSeconds(30), 1024);

  /** For tests that wait for silence: the hosts that do answer have this time for it too. */
  static final Patience SHORT_PATIENCE = new Patience(Duration.ofSeconds(2), 1024);

  @TempDir Path root;
  final FakeTiming timing = new FakeTiming();
  RegistryClient client =
      new RegistryClient(
          new HostsConfig(List.of()),
          Optional.empty(),
          Optional.empty(),
          PATIENCE,
          timing,
          Map.of());
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void setUp() {
    configured(PATIENCE);
  }

  @AfterEach
  void tearDown() throws Exception {
    client.close();
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  <T extends AutoCloseable> T opened(T resource) {
    open.add(resource);
    return resource;
  }

  TestHost host() throws IOException {
    return opened(TestHost.start());
  }

  void configured(Patience patience) {
    configured(patience, Map.of());
  }

  void proxied(Map<String, String> environment) {
    configured(PATIENCE, environment);
  }

  private void configured(Patience patience, Map<String, String> environment) {
    client.close();
    client =
        new RegistryClient(
            new HostsConfig(List.of(root)),
            Optional.of(new RegistriesConf(root.resolve("registries.conf"))),
            Optional.of(
                new NodeCredentials(
                    root.resolve("config.json"),
                    new CredentialHelper(List.of(root.resolve("bin")), Duration.ofSeconds(30)))),
            patience,
            timing,
            environment);
  }

  /** Writes the hosts.toml of a registry. */
  void hosts(String registry, String toml) throws IOException {
    Path directory = Files.createDirectories(root.resolve(registry));
    Files.writeString(directory.resolve("hosts.toml"), toml);
  }

  /** Writes the node's registries.conf. */
  void registries(String toml) throws IOException {
    Files.writeString(root.resolve("registries.conf"), toml);
  }

  Repository repository(String reference) {
    return client.open(ImageReference.parse(reference), Credentials.anonymous());
  }

  Repository repository(String reference, Credentials credentials) {
    return client.open(ImageReference.parse(reference), credentials);
  }

  static byte[] read(Repository repository, Descriptor blob) throws IOException {
    try (InputStream in = repository.openBlob(blob, 0)) {
      return in.readAllBytes();
    }
  }

  static OciException failure(OciException.Kind kind, Runnable action) {
    OciException e = catchThrowableOfType(OciException.class, action::run);
    assertThat(e).isNotNull();
    assertThat(e.kind()).as(String.valueOf(e.getMessage())).isEqualTo(kind);
    return e;
  }

  static byte[] random(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }
}
