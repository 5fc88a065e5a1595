package io.jcri.oci.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

  private static final String HEX =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @ParameterizedTest
  @CsvSource({
    "busybox, docker.io/library/busybox:latest, busybox:latest",
    "busybox:1.36, docker.io/library/busybox:1.36, busybox:1.36",
    "a/b, docker.io/a/b:latest, a/b:latest",
    "library/busybox, docker.io/library/busybox:latest, busybox:latest",
    "docker.io/busybox, docker.io/library/busybox:latest, busybox:latest",
    "index.docker.io/a/b:x, docker.io/a/b:x, a/b:x",
    "docker.io/library/a/b, docker.io/library/a/b:latest, library/a/b:latest",
    "localhost/x, localhost/x:latest, localhost/x:latest",
    "localhost:5000/x:y, localhost:5000/x:y, localhost:5000/x:y",
    "host:5000/a/b/c, host:5000/a/b/c:latest, host:5000/a/b/c:latest",
    "Host/x, Host/x:latest, Host/x:latest",
    "[::1]:5000/x:1, [::1]:5000/x:1, [::1]:5000/x:1",
    "127.0.0.1:5000/x__y.z-w:_T.1-, 127.0.0.1:5000/x__y.z-w:_T.1-, 127.0.0.1:5000/x__y.z-w:_T.1-",
    "registry.k8s.io/pause:3.10, registry.k8s.io/pause:3.10, registry.k8s.io/pause:3.10",
    "x@sha256:" + HEX + ", docker.io/library/x@sha256:" + HEX + ", x@sha256:" + HEX,
    "q.io/x:t@sha256:" + HEX + ", q.io/x:t@sha256:" + HEX + ", q.io/x:t@sha256:" + HEX,
    "a---b, docker.io/library/a---b:latest, a---b:latest",
  })
  void namesAreNormalised(String text, String full, String familiar) {
    ImageReference reference = ImageReference.parse(text);

    assertThat(reference).hasToString(full);
    assertThat(reference.familiar()).isEqualTo(familiar);
    assertThat(ImageReference.parse(full)).isEqualTo(reference);
    assertThat(ImageReference.parse(familiar)).isEqualTo(reference);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ":",
        "/",
        "@",
        "x:",
        "x@",
        "x@sha256:",
        "x@sha256:abc",
        "x@md5:00",
        "Busybox",
        "a//b",
        "/a",
        "a/",
        "a/B",
        "a..b",
        "a___b",
        "-a",
        "a-",
        "a_",
        "x:-tag",
        "x:a b",
        "x:ta/g",
        "host:99999/x",
        "host:port/x",
        "-host.x/y",
        "host./x",
        "[::1/x",
        "[:21]/x",
        "[1:2]:5000/x",
        "[::1%25~h]/x",
        "http://host/x",
        "user@host/x",
        "x\n",
        "x\u0000",
        "../etc/passwd",
        "a/../b",
        HEX,
        "docker.io/",
      })
  void whatBreaksTheGrammarIsRefused(String text) {
    assertThatThrownBy(() -> ImageReference.parse(text))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessageStartingWith("bad image reference \"");
  }

  @Test
  void lengthsAreBounded() {
    assertThat(ImageReference.parse("a".repeat(247)).repository()).hasSize(255);
    assertThatThrownBy(() -> ImageReference.parse("a".repeat(250)))
        .hasMessageContaining("the limit is 255");
    assertThat(ImageReference.parse("x:" + "t".repeat(128)).tag()).isPresent();
    assertThatThrownBy(() -> ImageReference.parse("x:" + "t".repeat(129)))
        .hasMessageContaining("bad tag");
    assertThatThrownBy(() -> ImageReference.parse("a-".repeat(1_000_000)))
        .hasMessageContaining("2000000 characters");
  }

  @Test
  void theDigestIsWhatIsWanted() {
    Digest digest = new Digest("sha256", HEX);
    assertThat(ImageReference.parse("x:t@" + digest).wanted()).isEqualTo(digest.toString());
    assertThat(ImageReference.parse("x:t").wanted()).isEqualTo("t");
    assertThat(ImageReference.parse("x:t").withDigestOnly(digest))
        .hasToString("docker.io/library/x@" + digest);
    assertThatThrownBy(() -> new ImageReference("h.io", "x", Optional.empty(), Optional.empty()))
        .hasMessageContaining("neither a tag nor a digest");
  }
}
