package io.jcri.daemon.check;

import io.jcri.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** NRI: the plugins that a daemon would start. */
final class PluginCheck implements Check {
  @Override
  public String about() {
    return "nri";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    DaemonConfig.Nri nri = node.config().nri();
    if (!nri.enabled()) {
      return List.of(Finding.skipped("nri.plugins", "NRI is off"));
    }
    List<String> good = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    if (Files.isDirectory(nri.plugins())) {
      try (DirectoryStream<Path> programs = Files.newDirectoryStream(nri.plugins())) {
        for (Path program : programs) {
          String name = String.valueOf(program.getFileName());
          boolean starts = name.matches("[0-9]{2}-.+") && Files.isExecutable(program);
          (starts ? good : bad).add(name);
        }
      }
    }
    return List.of(
        bad.isEmpty()
            ? Finding.ok(
                "nri.plugins",
                good.isEmpty()
                    ? "none in " + nri.plugins()
                    : String.join(" ", good.stream().sorted().toList()))
            : Finding.warn(
                "nri.plugins",
                String.join(" ", bad.stream().sorted().toList()) + " would not be started",
                "Name them like 10-name and make them executable: chmod 755 "
                    + nri.plugins()
                    + "/*"));
  }
}
