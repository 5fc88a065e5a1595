package io.jcri.oci.distribution.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Any text is a registries.conf or an {@link OciException}; what it says can be asked. */
public final class RegistriesConfFuzz {

  private static final Path FILE = Path.of("/etc/containers/registries.conf");
  private static final List<ImageReference> ASKED =
      List.of(
          ImageReference.parse("r.example/a/b:1"),
          ImageReference.parse("a.r.example:5000/a@sha256:" + "0".repeat(64)),
          ImageReference.parse("busybox"));

  private RegistriesConfFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      RegistriesToml.Content content = RegistriesToml.parse(text, FILE);
      content
          .registries()
          .forEach((prefix, entry) -> {
            assertThat(entry.prefix()).isEqualTo(prefix).isNotEmpty();
            for (ImageReference asked : ASKED) {
              if (entry.covers(asked) > 0) {
                check(entry, entry.place(), asked);
                entry.mirrors().forEach(mirror -> check(entry, mirror.place(), asked));
              }
            }
          });
    } catch (OciException e) {
      assertThat(e.kind()).isEqualTo(OciException.Kind.FAILED_PRECONDITION);
      assertThat(e).hasMessageContaining(FILE.toString());
    }
  }

  private static void check(RegistryEntry entry, RegistryEntry.Place place, ImageReference asked) {
    entry
        .at(place, asked)
        .map(target ->
            HostsConfig.fallback(target.registry(), TransportSettings.DEFAULT)
                .with(target.repository()))
        .ifPresent(host ->
            assertThat(host.uri(asked, "manifests/x").getRawPath()).endsWith("/manifests/x"));
  }
}
