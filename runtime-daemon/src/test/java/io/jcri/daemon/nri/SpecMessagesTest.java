package io.jcri.daemon.nri;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.oci.spec.SpecWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What plugins are told of a config.json, compared with the golden files beside this class. After a
 * change that is meant, run with {@code -Djcri.golden.update=true} and read the difference.
 */
class SpecMessagesTest {
  private static final Path RESOURCES = Path.of("src/test/resources/io/jcri/daemon/nri");

  private static byte[] resource(String name) throws IOException {
    try (InputStream file = SpecMessagesTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(file, name).readAllBytes();
    }
  }

  private static String told(byte[] configJson) {
    NriApi.Container.Builder container = NriApi.Container.newBuilder();
    SpecMessages.fill(container, SpecWriter.read(configJson));
    return TextFormat.printer().printToString(container);
  }

  /** {@code full} has a value in every place that there is. */
  @ParameterizedTest
  @ValueSource(strings = {"full", "plain"})
  void tellsOfAllThatNriKnows(String name) throws IOException {
    String told = told(resource("config-" + name + ".json"));
    if (Boolean.getBoolean("jcri.golden.update")) {
      Files.writeString(RESOURCES.resolve("container-" + name + ".txt"), told);
      return;
    }
    byte[] golden = resource("container-" + name + ".txt");
    assertThat(told).isEqualTo(new String(golden, StandardCharsets.UTF_8));
  }

  @Test
  void tellsOfAFileThatOthersHaveWritten() {
    String told =
        told(
            """
            {"ociVersion":"9","vendor":1,"root":{"path":"/"},
             "process":{"args":["x"],"cwd":"/","user":{"uid":1,"gid":2,"new":3}},
             "mounts":[{"destination":"/a"}],
             "linux":{"resources":{"devices":[{"allow":false}],"rdma":{}}}}\
            """
                .getBytes(StandardCharsets.UTF_8));
    assertThat(told)
        .contains("args: \"x\"", "destination: \"/a\"", "uid: 1", "gid: 2", "type: \"a\"");
  }
}
