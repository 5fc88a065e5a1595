package io.jcri.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodManifestTest {
  @TempDir Path folder;

  private PodManifest manifest(String runtime) {
    return new PodManifest(
        1,
        Map.of("app", "ab12"),
        Map.of(
            "org.criu.checkpoint.runtime.name",
            runtime,
            "org.criu.checkpoint.host.arch",
            System.getProperty("os.arch")));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    manifest("runc").write(folder);
    PodManifest read = PodManifest.read(folder);
    assertThat(read).isEqualTo(manifest("runc"));
    read.requireRestorable("runc");
    assertThatThrownBy(() -> read.requireRestorable("crun"))
        .isInstanceOfSatisfying(
            JcriException.class,
            e -> assertThat(e.kind()).isEqualTo(JcriException.Kind.FAILED_PRECONDITION))
        .hasMessageContaining("crun")
        .hasMessageContaining("runc");
    assertThat(Files.getPosixFilePermissions(folder.resolve("pod.options"))).hasSize(2);
  }

  @Test
  void anotherMachineIsRefused() {
    PodManifest foreign =
        new PodManifest(
            1,
            Map.of(),
            Map.of(
                "org.criu.checkpoint.runtime.name",
                "runc",
                "org.criu.checkpoint.host.arch",
                "s390x"));
    assertThatThrownBy(() -> foreign.requireRestorable("runc")).hasMessageContaining("s390x");
    PodManifest silent = new PodManifest(1, Map.of(), Map.of());
    assertThatThrownBy(() -> silent.requireRestorable("runc")).isInstanceOf(JcriException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"version\":2,\"containers\":{\"app\":\"ab12\"}}",
        "{\"version\":1,\"containers\":{\"app\":\"../ab12\"}}",
        "{\"version\":1,\"containers\":{\"app\":\"\"}}",
        "{\"version\":1,\"containers\":{\"app\":\"AB\"}}"
      })
  void anythingElseIsRefused(String content) throws IOException {
    Files.writeString(folder.resolve("pod.options"), content);
    assertInvalid();
  }

  @Test
  void aFileThatIsMissingOrALinkOrHugeIsRefused() throws IOException {
    assertInvalid();
    Path file = folder.resolve("pod.options");
    Files.createSymbolicLink(file, Path.of("/etc/passwd"));
    assertInvalid();
    Files.delete(file);
    Files.writeString(file, " ".repeat(2 << 20));
    assertInvalid();
  }

  private void assertInvalid() {
    assertThatThrownBy(() -> PodManifest.read(folder))
        .isInstanceOfSatisfying(
            JcriException.class, e -> assertThat(e.kind()).isEqualTo(JcriException.Kind.INVALID))
        .hasMessageContaining("pod.options");
  }
}
