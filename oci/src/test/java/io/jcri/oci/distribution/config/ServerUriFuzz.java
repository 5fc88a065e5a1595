package io.jcri.oci.distribution.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Any text is a URL of http(s) or none; one that was read reads back the same. */
public final class ServerUriFuzz {

  private static final URI FROM = URI.create("https://r.example:5000/v2/a/blobs/sha256:0?x=y");

  private ServerUriFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    check(ServerUri.ofText(new String(input, StandardCharsets.UTF_8)));
    String header = new String(input, StandardCharsets.ISO_8859_1);
    check(ServerUri.ofHeader(header));
    check(ServerUri.resolve(FROM, header));
  }

  private static void check(Optional<URI> read) {
    read.ifPresent(uri -> {
      assertThat(uri.getScheme()).isIn("http", "https");
      assertThat(uri.getRawAuthority()).isNotEmpty().doesNotContain("@");
      assertThat(uri.getRawUserInfo()).isNull();
      assertThat(ServerUri.host(uri)).isNotEmpty();
      assertThat(uri.toString()).matches("\\p{Graph}+");
      assertThat(ServerUri.ofText(uri.toString())).contains(uri);
    });
  }
}
