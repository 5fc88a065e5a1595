package io.jcri.it.crictl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jcri.it.kit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** crictl, where it can be had. */
final class CrictlTools {
  private CrictlTools() {}

  /** Skips the test on a machine that has neither the tools nor what they are built with. */
  static Tools getOrSkip() throws IOException {
    boolean go =
        System.getenv("JCRI_TOOLS") != null
            || Stream.of("/usr/local/go/bin/go", "/usr/bin/go", "/usr/local/bin/go")
                .anyMatch(path -> Files.isExecutable(Path.of(path)));
    assumeTrue(go, "crictl is built with Go, which is not here");
    return Tools.get();
  }
}
