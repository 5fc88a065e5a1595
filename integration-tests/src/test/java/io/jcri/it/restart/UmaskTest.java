package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.Int64Value;
import io.jcri.daemon.core.FileTrees;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made has the mode that it should, whatever umask the daemon was started with. */
class UmaskTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @ParameterizedTest
  @ValueSource(strings = {"000", "077"})
  void modesAreTheDaemonsOwn(String umask) throws IOException {
    NODE.daemon().stop();
    FileTrees.delete(NODE.daemon().state());
    FileTrees.delete(NODE.daemon().nriSocket().resolveSibling(""));
    NODE.daemon().startUnder(umask);
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "1000").setLogPath("made/0.log");
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setRunAsUser(Int64Value.newBuilder().setValue(1234));
    TestContainer container = pod.create(config);
    container.start();

    assertThat(container.sh("cat /etc/resolv.conf /etc/hosts /etc/hostname"))
        .contains(pod.config().getMetadata().getName());
    assertThat(container.sh("umask")).isEqualTo("0022");
    assertMode(NODE.daemon().socket(), "rw-rw----");
    assertMode(NODE.daemon().state().resolve("admin.sock"), "rw-------");
    assertMode(NODE.daemon().nriSocket(), "rw-------");
    assertMode(container.logFile(), "rw-r-----");
    assertMode(container.logFile().resolveSibling(""), "rwxr-xr-x");
    assertMode(NODE.daemon().root().resolve("checkpoints"), "rwx------");
    assertMode(
        NODE.daemon().state().resolve("containers").resolve(container.id()).resolve("shim.sock"),
        "rw-------");
    assertThat(openToOthers(NODE.daemon().state())).isEmpty();
    assertThat(openToOthers(NODE.daemon().root())).isEmpty();
    assertThat(openToOthers(NODE.scratch().disk().resolve("cni"))).isEmpty();
  }

  private static void assertMode(Path path, String mode) throws IOException {
    assertThat(Files.getPosixFilePermissions(path))
        .as(path.toString())
        .isEqualTo(PosixFilePermissions.fromString(mode));
  }

  /** What anybody could write to; not below what only root enters, nor in mounts and images. */
  private static List<String> openToOthers(Path folder) throws IOException {
    List<String> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes)
              throws IOException {
            if (visited.endsWith("shm")) {
              return FileVisitResult.SKIP_SUBTREE; // the pod's, as /dev/shm is everywhere
            }
            Set<PosixFilePermission> mode = look(visited);
            return mode.contains(PosixFilePermission.OTHERS_EXECUTE)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              look(file);
            }
            return FileVisitResult.CONTINUE;
          }

          private Set<PosixFilePermission> look(Path path) throws IOException {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
            if (mode.contains(PosixFilePermission.OTHERS_WRITE)
                || mode.contains(PosixFilePermission.GROUP_WRITE)) {
              found.add(path + " " + PosixFilePermissions.toString(mode));
            }
            return mode;
          }
        });
    return found;
  }
}
