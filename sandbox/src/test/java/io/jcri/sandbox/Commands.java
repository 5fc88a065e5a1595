package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The tools of the node as independent witnesses. */
final class Commands {
  private Commands() {}

  /** Runs it to success; what it printed, stripped. */
  static String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
    return output;
  }

  /** Runs it in pinned namespaces, given as nsenter's options. */
  static String inside(List<String> namespaces, String... command)
      throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>();
    whole.add("nsenter");
    whole.addAll(namespaces);
    whole.add("--");
    whole.addAll(List.of(command));
    return run(whole.toArray(String[]::new));
  }
}
