package io.jcri.it.mounts;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.Mount;
import io.jcri.it.kit.Command;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Folders of a node and containers that mount them. */
final class Volumes {
  private final TestNode node;

  Volumes(TestNode node) {
    this.node = node;
  }

  Path folder(String name) throws IOException {
    return Files.createDirectories(node.scratch().disk().resolve("volumes").resolve(name));
  }

  static Mount.Builder host(Path outside, String inside) {
    return Mount.newBuilder().setHostPath(outside.toString()).setContainerPath(inside);
  }

  static Mount.Builder image(String reference, String inside) {
    return Mount.newBuilder()
        .setImage(ImageSpec.newBuilder().setImage(reference))
        .setContainerPath(inside)
        .setReadonly(true);
  }

  /** A container that waits to be ended. */
  TestContainer start(Mount.Builder... mounts) throws IOException {
    return start(config -> Stream.of(mounts).forEach(config::addMounts));
  }

  TestContainer start(Consumer<ContainerConfig.Builder> more) throws IOException {
    TestPod pod = node.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    more.accept(config);
    return pod.start(config);
  }

  /** A create that is only tried. */
  void create(Mount.Builder... mounts) {
    try {
      TestPod pod = node.pod();
      ContainerConfig.Builder config = pod.container("true");
      Stream.of(mounts).forEach(config::addMounts);
      pod.create(config);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static void tmpfs(Path on) throws IOException {
    Command.of("mount", "-t", "tmpfs", "jct", on.toString()).run().orThrow();
  }

  static void unmount(Path path) throws IOException {
    Command.of("umount", "-R", path.toString()).run().orThrow();
  }

  /** Folders of snapshots that are on the disk: root file systems and image volumes. */
  List<String> snapshots() throws IOException {
    try (Stream<Path> list = Files.list(node.daemon().root().resolve("image/snapshots"))) {
      return list.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }
}
