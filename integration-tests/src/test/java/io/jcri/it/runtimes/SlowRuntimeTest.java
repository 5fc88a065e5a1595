package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A runc that tells of a start when the container is dead, as on a busy node: its process may be
 * reaped by then, and on cgroup v2 systemd has removed its cgroup.
 */
class SlowRuntimeTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void addHandlers() throws IOException {
    NODE.daemon().stop();
    Path folder = Files.createDirectories(NODE.scratch().disk().resolve("slow"));
    Path runc =
        script(
            folder.resolve("runc"),
            """
            PATH=${PATH#%s:} runc "$@" || exit
            case " $* " in *" run "* | *" start "*) sleep 2 ;; esac
            """
                .formatted(folder));
    String tables = "\n[handlers.slow]\nbinary = \"%s\"\n".formatted(runc);
    if (Shims.runcAvailable()) {
      Path shim =
          script(
              NODE.scratch().disk().resolve("containerd-shim-runc-v2"),
              "PATH=%s:$PATH exec %s \"$@\"\n".formatted(folder, Shims.runc()));
      tables += "\n[handlers.slow-shim]\nshim = \"%s\"\n".formatted(shim);
    }
    Files.writeString(NODE.daemon().configuration(), tables, StandardOpenOption.APPEND);
    NODE.daemon().start();
  }

  private static Path script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void anOomKillBeforeTheStartIsToldIsSeen() throws IOException {
    assertOomKilled("slow");
  }

  @Test
  @EnabledIf("io.jcri.it.runtimes.Shims#runcAvailable")
  void anOomKillBeforeAShimTellsOfTheStartIsSeen() throws IOException {
    assertOomKilled("slow-shim");
  }

  private static void assertOomKilled(String handler) throws IOException {
    TestPod pod = NODE.pod(NODE.podConfig(), handler);
    ContainerConfig.Builder config = pod.container("dd", "if=/dev/zero", "of=/dev/null", "bs=64M");
    config
        .getLinuxBuilder()
        .getResourcesBuilder()
        .setMemoryLimitInBytes(32 << 20)
        .setMemorySwapLimitInBytes(32 << 20);
    ContainerStatus status = pod.start(config).awaitExit();
    assertThat(status.getReason()).isEqualTo("OOMKilled");
    assertThat(status.getExitCode()).isEqualTo(137);
  }
}
