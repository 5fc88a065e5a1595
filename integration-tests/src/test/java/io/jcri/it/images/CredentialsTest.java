package io.jcri.it.images;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.AuthConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TokenGate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each field of AuthConfig, from PullImage to a registry behind a token server. */
class CredentialsTest {
  private static int count;

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final TokenGate gate = gate();
  private String reference = "";

  @BeforeEach
  void image() throws IOException {
    String repository = "guarded" + ++count; // what is here already is not fetched
    NODE.registry().push(repository, "1", TestImages.marked(repository));
    reference = gate.hostAndPort() + "/" + repository + ":1";
  }

  @AfterEach
  void closeGate() {
    gate.close();
  }

  @Test
  void withoutAnyThereIsNoWayIn() {
    assertRefused(() -> pull(AuthConfig.newBuilder()), Code.UNAUTHENTICATED, gate.hostAndPort());
    assertRefused(
        () -> pull(AuthConfig.newBuilder().setUsername("eve").setPassword("guess")),
        Code.UNAUTHENTICATED,
        gate.hostAndPort());
  }

  @Test
  void nameAndPasswordAreTraded() {
    pull(AuthConfig.newBuilder().setUsername(TokenGate.USER).setPassword(TokenGate.PASSWORD));
    assertThat(gate.trades()).contains("GET true").doesNotContain("GET false");
    assertOnlyTheTokenWasSent();
  }

  @Test
  void authIsNameAndPasswordInOne() {
    String pair = TokenGate.USER + ":" + TokenGate.PASSWORD;
    pull(
        AuthConfig.newBuilder()
            .setAuth(Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))));
    assertThat(gate.trades()).contains("GET true").doesNotContain("GET false");
    assertOnlyTheTokenWasSent();
  }

  @Test
  void anIdentityTokenIsTraded() {
    pull(AuthConfig.newBuilder().setIdentityToken(TokenGate.IDENTITY));
    assertThat(gate.trades()).contains("POST true").doesNotContain("POST false");
    assertOnlyTheTokenWasSent();
  }

  @Test
  void aRegistryTokenIsSentAsItIs() {
    pull(AuthConfig.newBuilder().setRegistryToken(TokenGate.TOKEN));
    assertThat(gate.trades()).isEmpty();
    assertOnlyTheTokenWasSent();
  }

  @Test
  void aRegistryTokenThatIsRefusedIsNotTraded() {
    assertRefused(
        () -> pull(AuthConfig.newBuilder().setRegistryToken("stale")),
        Code.UNAUTHENTICATED,
        gate.hostAndPort());
    assertThat(gate.trades()).isEmpty();
  }

  @Test
  void theServersAddressSaysWhomTheSecretsAreFor() {
    AuthConfig.Builder ann =
        AuthConfig.newBuilder().setUsername(TokenGate.USER).setPassword(TokenGate.PASSWORD);
    assertRefused(
        () -> pull(ann.clone().setServerAddress("elsewhere.example.org")),
        Code.UNAUTHENTICATED,
        gate.hostAndPort());
    assertThat(gate.trades()).doesNotContain("GET true");
    pull(ann.clone().setServerAddress(gate.hostAndPort()));
    assertThat(gate.trades()).contains("GET true");
  }

  @Test
  void noSecretIsWrittenAnywhere() throws IOException {
    pull(AuthConfig.newBuilder().setUsername(TokenGate.USER).setPassword(TokenGate.PASSWORD));
    assertRefused(
        () -> pull(AuthConfig.newBuilder().setRegistryToken("wrong-secret")), Code.UNAUTHENTICATED);
    assertThat(Files.readString(NODE.daemon().log()))
        .doesNotContain(TokenGate.PASSWORD)
        .doesNotContain(TokenGate.TOKEN)
        .doesNotContain("wrong-secret");
  }

  private void assertOnlyTheTokenWasSent() {
    assertThat(gate.authorizations())
        .as("the registry's side")
        .isNotEmpty()
        .containsOnly("Bearer " + TokenGate.TOKEN);
  }

  private void pull(AuthConfig.Builder auth) {
    NODE.cri()
        .images()
        .pullImage(
            PullImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(reference))
                .setAuth(auth)
                .build());
  }

  private static TokenGate gate() {
    try {
      return new TokenGate(NODE.registry().uri());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
