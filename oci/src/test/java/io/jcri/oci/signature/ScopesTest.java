package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.manifest.ImageReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopesTest {

  private static final String HEX =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "busybox | docker.io/library/busybox:latest docker.io/library/busybox docker.io/library"
            + " docker.io *.io",
        "q.example.com:5000/a/b:1 | q.example.com:5000/a/b:1 q.example.com:5000/a/b"
            + " q.example.com:5000/a q.example.com:5000 *.example.com *.com",
        "q.io/a@sha256:HEX | q.io/a@sha256:HEX q.io/a q.io *.io",
        "q.io/a:1@sha256:HEX | q.io/a@sha256:HEX q.io/a q.io *.io",
        "localhost:5000/a:1 | localhost:5000/a:1 localhost:5000/a localhost:5000",
      })
  void theMostPreciseComesFirst(String reference, String scopes) {
    assertThat(Scopes.of(ImageReference.parse(reference.replace("HEX", HEX))))
        .containsExactly(scopes.replace("HEX", HEX).split(" "));
  }
}
