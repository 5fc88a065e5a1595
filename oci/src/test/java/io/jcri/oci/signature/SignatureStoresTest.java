package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureStoresTest {

  @TempDir private Path directory;

  private void write(String name, String yaml) throws IOException {
    Files.writeString(directory.resolve(name), yaml);
  }

  private SignatureStores.Place place(String image) {
    return SignatureStores.read(directory).of(ImageReference.parse(image));
  }

  @ParameterizedTest
  @CsvSource({
    "q.io/a:1, https://one.example/s, true",
    "q.io/a:2, https://a.example, true",
    "q.io/b:1, file:///srv/sigs, true",
    "q.io/c/d:1, file:///srv/sigs, false",
    "p.io/x:1, http://old.example:81/x, false",
    "r.io/x:1, file:///all, false",
  })
  void eachSettingIsThatOfTheMostPreciseScope(String image, String lookaside, boolean attachments)
      throws IOException {
    write(
        "a.yaml",
        """
        default-docker:
          lookaside: file:///all
        docker:
          q.io:
            lookaside: file:///srv/sigs
            lookaside-staging: file:///elsewhere
            use-sigstore-attachments: true
          q.io/a:
            lookaside: https://a.example
          q.io/a:1:
            lookaside: "https://one.example/s"
          q.io/c:
            use-sigstore-attachments: false
        """);
    write("b.yaml", "docker:\n  p.io:\n    sigstore: http://old.example:81/x\n");
    write("c.yml", "docker: [not read]\n");
    write("empty.yaml", "docker:\n");
    assertThat(place(image))
        .isEqualTo(new SignatureStores.Place(URI.create(lookaside), attachments));
  }

  @Test
  void withoutAFileTheBuiltInPlaceIsMeant() {
    directory = directory.resolve("none");
    assertThat(place("q.io/a"))
        .isEqualTo(
            new SignatureStores.Place(URI.create("file:///var/lib/containers/sigstore"), false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'docker: [a]' | 2.yaml: docker is not an object",
        "'docker: {q.io: {lookaside: [x]}}' | docker.q.io.lookaside must be a string",
        "'docker: {q.io: {use-sigstore-attachments: 7}}' | must be true or false",
        "'docker: {p.io: {}}' | docker.p.io is in another file",
        "'default-docker: {}' | default-docker is in another file",
        "'docker: {q.io: {lookaside: \"ftp://x/y\"}}' | neither file:///path nor http",
        "'docker: {q.io: {lookaside: \"https://u:p@x/y\"}}' | neither file:///path nor http",
        "'docker: {q.io: {lookaside: \"not a url\"}}' | is no URL",
        "'{' | 2.yaml: is not YAML",
      })
  void whatIsWrongIsTold(String yaml, String why) throws IOException {
    write("1.yaml", "default-docker: {}\ndocker: {p.io: {}}\n");
    write("2.yaml", yaml);
    assertThatThrownBy(() -> place("q.io/a"))
        .isInstanceOf(OciException.class)
        .hasMessageContaining(why)
        .extracting(e -> ((OciException) e).kind())
        .isEqualTo(OciException.Kind.SIGNATURE_VALIDATION_FAILED);
  }
}
