package io.jcri.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reference message bus, which takes no malformed message, with no systemd on it. */
final class SystemdBusKernelTest {
  @TempDir Path dir;

  @Test
  void theBusUnderstandsAndSaysThatNobodyIsThere() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/dbus-daemon")), "no dbus-daemon installed");
    Path socket = dir.resolve("bus");
    Process bus =
        new ProcessBuilder("dbus-daemon", "--session", "--nofork", "--address=unix:path=" + socket)
            .start();
    try {
      assertThat(Listeners.await(socket, bus)).isTrue();
      SystemdScopes scopes = new SystemdScopes(dir.resolve("none"), socket, Duration.ofSeconds(20));
      assertThatThrownBy(() -> scopes.stop("x.scope"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Subscribe")
          .hasMessageContaining("org.freedesktop.systemd1");
    } finally {
      bus.destroyForcibly();
    }
  }
}
