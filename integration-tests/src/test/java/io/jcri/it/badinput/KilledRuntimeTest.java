package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.it.kit.Leaks;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An OCI runtime that is killed: after it has made cgroups and before it has noted that, or once
 * when it is to delete a container.
 */
class KilledRuntimeTest {
  private static final String HANDLER = "killed";
  private static final String IN_DELETE = "killed-in-delete";
  private static final Path FOLDER = folder();

  @RegisterExtension
  static final TestNode NODE =
      new TestNode(
          Map.of(HANDLER, FOLDER.resolve("runc"), IN_DELETE, FOLDER.resolve("runc-delete")));

  @AfterAll
  static void deleteFolder() throws IOException {
    for (String file : new String[] {"runc", "runc-delete", "was-killed"}) {
      Files.deleteIfExists(FOLDER.resolve(file));
    }
    Files.deleteIfExists(FOLDER);
  }

  @Test
  void whatItHasMadeGoesWithTheStart() throws IOException {
    TestPod pod = NODE.pod(NODE.podConfig(), HANDLER);
    Leaks before = Leaks.look();
    TestContainer container = pod.create(pod.container("true"));
    assertRefused(container::start, Code.INTERNAL, "signal 9");
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    container.remove();
    before.assertNothingNew();
  }

  @Test
  void itIsAskedOnceMoreForWhatNobodyElseDeletes() throws IOException {
    TestPod pod = NODE.pod(NODE.podConfig(), IN_DELETE);
    TestContainer container = pod.idle();
    // Without it no other shim takes over.
    Files.delete(
        NODE.daemon().state().resolve("containers").resolve(container.id()).resolve("running"));
    ProcessHandle.of(container.shimPid()).orElseThrow().destroyForcibly();
    assertThat(container.awaitExit().getMessage()).contains("shim");
    container.remove();
    assertThat(FOLDER.resolve("was-killed")).exists();
    assertThat(NODE.daemon().state().resolve("runtime").resolve(IN_DELETE).resolve(container.id()))
        .doesNotExist();
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("jct-killed");
      write(
          folder.resolve("runc-delete"),
          """
          #!/bin/sh
          for word; do
            if [ "$word" = delete ] && ! [ -e %1$s ]; then
              touch %1$s
              kill -9 $$
            fi
          done
          exec runc "$@"
          """
              .formatted(folder.resolve("was-killed")));
      write(
          folder.resolve("runc"),
          """
          #!/bin/sh
          for word; do
            [ "$before" = --bundle ] && bundle=$word
            [ "$word" = run ] && run=yes
            before=$word
          done
          [ "$run" ] || exec runc "$@"
          group=$(sed -n 's/.*"cgroupsPath":"\\([^"]*\\)".*/\\1/p' "$bundle/config.json")
          for top in /sys/fs/cgroup /sys/fs/cgroup/*; do
            [ -d "$top$(dirname "$group")" ] && mkdir "$top$group"
          done
          kill -9 $$
          """);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path script, String text) throws IOException {
    Files.writeString(script, text);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
