package io.jcri.it.soak;

import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;

/** A network whose plugin sleeps until it is woken, and then fails. */
final class SleepingPlugin {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final SoakNode node;
  private final Path asleep;

  private SleepingPlugin(SoakNode node, Path asleep) {
    this.node = node;
    this.asleep = asleep;
  }

  /** Puts it in the place of the node's network. */
  static SleepingPlugin install(SoakNode node) throws IOException {
    Path asleep = Files.createDirectories(node.plugins().resolve("asleep"));
    Path plugin =
        Files.writeString(
            node.plugins().resolve("sleeping"),
            """
            #!/bin/sh
            if [ "$CNI_COMMAND" = ADD ]; then
              touch '%1$s'/$$
              while [ -d '%1$s' ]; do sleep 0.5; done
              exit 1
            fi
            """
                .formatted(asleep));
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path whole =
        Files.writeString(
            node.plugins().resolve("new.conflist"),
            "{\"cniVersion\":\"1.0.0\",\"name\":\"%s\",\"plugins\":[{\"type\":\"sleeping\"}]}"
                .formatted(node.bridge()));
    Files.move(
        whole, node.networks().resolve("10-test.conflist"), StandardCopyOption.REPLACE_EXISTING);
    return new SleepingPlugin(node, asleep);
  }

  /** How many sleep. */
  long count() throws IOException {
    try (Stream<Path> list = Files.list(asleep)) {
      return list.count();
    }
  }

  /** Waits until so many sleep. */
  void await(int count) throws IOException {
    Waiting.until(PATIENCE, () -> count() >= count, () -> "not " + count + " sleep");
  }

  /** Ends their sleep. */
  void wake() throws IOException {
    Path gone = node.plugins().resolve("awake");
    Files.move(asleep, gone);
  }
}
