package io.jcri.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CriuTest {
  @TempDir Path folder;

  private Criu script(String lines) throws IOException {
    return new Criu(file(lines));
  }

  private String file(String lines) throws IOException {
    Path file = folder.resolve("criu");
    Files.writeString(file, "#!/bin/sh\n" + lines);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }

  private static void assertMissing(Criu criu, String... parts) {
    assertThatThrownBy(criu::requireCriu)
        .isInstanceOfSatisfying(
            JcriException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED_PRECONDITION))
        .message()
        .contains(parts);
  }

  @Test
  void aMissingCriuIsNamed() {
    assertMissing(new Criu("/no/such/criu"), "/no/such/criu", "not installed");
  }

  @Test
  void aKernelThatIsNotEnoughIsToldInCriusOwnWords() throws IOException {
    assertMissing(
        script("echo 'Error: no soft dirty'; echo 'vdso: unexpected' >&2; exit 1\n"),
        "criu check",
        "Error: no soft dirty; vdso: unexpected");
  }

  @Test
  void oneThatHangsHoldsNobody() throws IOException {
    assertMissing(
        new Criu(file("echo busy; exec sleep 100000\n"), Duration.ofMillis(200)), "does not end");
  }

  @Test
  void aGoodAnswerIsAskedForOnceAndABadOneAgain() throws IOException {
    Criu criu = script("[ \"$1\" = check ] && echo >> $0.calls && [ -e $0.good ]\n");
    Path calls = folder.resolve("criu.calls");
    assertMissing(criu, "criu check");
    assertMissing(criu, "criu check");
    Files.createFile(folder.resolve("criu.good"));
    criu.requireCriu();
    criu.requireCriu();
    assertThat(Files.readString(calls).lines()).hasSize(3);
  }
}
