package io.jcri.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CritestTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  @TempDir Path folder;

  @Test
  void thePinnedDigestIsReplacedAndNothingElse() throws IOException {
    String program =
        "\u0000code gcr.io/%s@sha256:%s%s more \u00ff"
            .formatted(StandIns.BY_DIGEST, "12".repeat(32), "gcr.io/other@sha256:1");
    Path original = folder.resolve("critest");
    Files.write(original, program.getBytes(StandardCharsets.ISO_8859_1));

    Critest.withDigest(original, folder.resolve("copy"), DIGEST);

    assertThat(Files.readAllBytes(folder.resolve("copy")))
        .asString(StandardCharsets.ISO_8859_1)
        .isEqualTo(program.replace("12".repeat(32), "ab".repeat(32)));
    assertThat(folder.resolve("copy")).isExecutable();
  }

  @Test
  void anotherProgramIsRefused() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "nothing of the kind");

    assertThatThrownBy(() -> Critest.withDigest(other, folder.resolve("copy"), DIGEST))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(other.toString());
  }

  @Test
  void theSuiteFindsASudo() throws IOException, InterruptedException {
    String script =
        "#!/bin/sh\nexec sudo sh -c 'exit 42' # %s@sha256:%s\n"
            .formatted(StandIns.BY_DIGEST, "12".repeat(32));
    Path original = Files.writeString(folder.resolve("critest"), script);
    Critest critest = Critest.withDigest(original, folder.resolve("copy"), DIGEST);

    assertThat(
            critest.run(
                folder.resolve("socket"), Optional.empty(), folder.resolve("report"), List.of()))
        .isEqualTo(42);
  }
}
