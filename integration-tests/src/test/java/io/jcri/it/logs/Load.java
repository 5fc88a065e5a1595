package io.jcri.it.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * How much is written. A test affords little; {@code JCRI_LOG_SECONDS} and {@code JCRI_LOG_RATE},
 * megabytes a second of all containers together and 0 for as many as they can, ask for more, whose
 * figures are printed.
 */
final class Load {
  private static final String SECONDS = setting("JCRI_LOG_SECONDS", "1");
  private static final double RATE = Double.parseDouble(setting("JCRI_LOG_RATE", "20"));

  private Load() {}

  /** Has the node know the image whose containers write. */
  static void prepare(TestNode node) throws IOException {
    node.load("lines", TestImages.lines());
  }

  /** A container that writes its share of the load to stdout, or to wherever {@code to} says. */
  static ContainerConfig.Builder writer(TestNode node, TestPod pod, int sharers, String to) {
    return shell(node, pod, "lines %s %s %s".formatted(SECONDS, RATE / sharers, to));
  }

  /** The same to both streams at once. */
  static ContainerConfig.Builder bothStreams(TestNode node, TestPod pod) {
    String each = "lines %s %s".formatted(SECONDS, RATE / 2);
    return shell(node, pod, "%s & %s >&2; wait".formatted(each, each));
  }

  private static ContainerConfig.Builder shell(TestNode node, TestPod pod, String line) {
    return pod.container("sh", "-c", line + "; true")
        .setImage(
            ImageSpec.newBuilder().setImage(node.registry().hostAndPort() + "/lines:1").build());
  }

  /** The log of a container that has ended has all that it has written to this stream. */
  static void assertWhole(List<Path> files, String stream) throws IOException {
    NumberedLog log = NumberedLog.read(files, stream);
    tell(log);
    assertThat(log.missing).as(log.toString()).isZero();
    assertThat(log.wrong).as(log.toString()).isZero();
    assertThat(log.dropped).as(log.toString()).isZero();
    assertThat(log.lines).as(log.toString()).isPositive().isEqualTo(log.written);
  }

  static void assertWhole(TestContainer container, String stream) throws IOException {
    assertWhole(List.of(container.logFile()), stream);
  }

  /** For who has asked for a load of their own. */
  static void tell(Object figures) {
    if (System.getenv("JCRI_LOG_RATE") != null) {
      System.out.println(figures);
    }
  }

  private static String setting(String variable, String otherwise) {
    String value = System.getenv(variable);
    return value == null ? otherwise : value;
  }
}
