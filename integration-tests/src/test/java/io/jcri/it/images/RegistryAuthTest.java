package io.jcri.it.images;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TokenGate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node with credentials of its own, in a file as Docker writes it. */
class RegistryAuthTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void nameTheFile() throws IOException {
    Path configuration = NODE.daemon().configuration();
    String key = "registry_directories";
    Files.writeString(
        configuration,
        Files.readString(configuration)
            .replace(key, "registry_auth = \"" + file() + "\"\n    " + key));
    NODE.daemon().stop();
    NODE.daemon().start();
  }

  private static Path file() {
    return NODE.scratch().disk().resolve("config.json");
  }

  @Test
  void thePullThatFollowsItsChangeUsesIt() throws IOException {
    NODE.registry().push("team/guarded", "1", TestImages.marked("guarded"));
    try (TokenGate gate = new TokenGate(NODE.registry().uri())) {
      gate.askForBasic();
      String name = gate.hostAndPort() + "/team/guarded:1";
      assertRefused(() -> NODE.pull(name), Code.UNAUTHENTICATED, gate.hostAndPort());

      String pair = TokenGate.USER + ":" + TokenGate.PASSWORD;
      String auth = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
      write("elsewhere.example", auth);
      assertRefused(() -> NODE.pull(name), Code.UNAUTHENTICATED, gate.hostAndPort());
      write(gate.hostAndPort() + "/team", auth);
      assertThat(NODE.pull(name)).startsWith("sha256:");

      assertThat(gate.authorizations()).isNotEmpty().containsOnly("Basic " + auth);
      assertThat(Files.readString(NODE.daemon().log()))
          .doesNotContain(TokenGate.PASSWORD)
          .doesNotContain(auth);
    }
  }

  private static void write(String key, String auth) throws IOException {
    Files.writeString(file(), "{\"auths\":{\"" + key + "\":{\"auth\":\"" + auth + "\"}}}");
  }
}
