package io.jcri.oci.distribution;

import static io.jcri.oci.distribution.Challenges.BASIC;
import static io.jcri.oci.distribution.Challenges.ME;
import static io.jcri.oci.distribution.Challenges.bearer;
import static io.jcri.oci.distribution.Challenges.demand;
import static io.jcri.oci.distribution.Challenges.tokenServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.credentials.CredentialHelper;
import io.jcri.oci.distribution.credentials.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is told which of the node's own secrets. */
class NodeCredentialsTest extends RegistryFixture {

  private static final String ASKS = "Basic realm=\"x\"";

  /** {@link Challenges#ME} as Docker writes it. */
  private static final String MINE = "{\"auth\":\"" + BASIC.substring("Basic ".length()) + "\"}";

  private TestHost guarded(String challenge, String wanted) throws IOException {
    TestHost host = host();
    host.manifest("v1", "{}");
    host.before((exchange, asked) -> demand(exchange, asked, challenge, wanted));
    return host;
  }

  private void config(String json) throws IOException {
    Files.writeString(root.resolve("config.json"), json);
  }

  private void helper(String name, String script) throws IOException {
    Path program =
        Files.createDirectories(root.resolve("bin")).resolve("docker-credential-" + name);
    Files.writeString(program, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void theFileIsForWhoBringsNothingAndReadForEachPull() throws IOException {
    TestHost host = guarded(ASKS, BASIC);
    OciException none =
        failure(Kind.UNAUTHENTICATED, () -> repository(host.name() + "/a:v1").resolve());
    assertThat(none).hasMessageContaining(host.name());
    config("{\"auths\":{\"" + host.name() + "/b\":" + MINE + "}}");
    failure(Kind.UNAUTHENTICATED, () -> repository(host.name() + "/a:v1").resolve());
    config("{\"auths\":{\"" + host.name() + "\":" + MINE + "}}");
    assertThat(repository(host.name() + "/a:v1").resolve().host()).isEqualTo(host.name());
  }

  @Test
  void theCallersCredentialsComeFirst() throws IOException {
    TestHost host = guarded(ASKS, BASIC);
    config("{\"auths\":{\"" + host.name() + "\":{\"username\":\"eve\",\"password\":\"wrong\"}}}");
    repository(host.name() + "/a:v1", ME).resolve();
    failure(Kind.UNAUTHENTICATED, () -> repository(host.name() + "/a:v1").resolve());
    // What is for another host leaves room for the node's own.
    config("{\"auths\":{\"" + host.name() + "\":" + MINE + "}}");
    repository(host.name() + "/a:v1", new Credentials("u", "p", "", "", "", "x.example")).resolve();
  }

  @Test
  void mirrorsAndRedirectsSeeOnlyWhatIsForThem() throws IOException {
    TestHost registry = guarded(ASKS, BASIC);
    TestHost mirror = guarded(ASKS, "never");
    TestHost storage = guarded(ASKS, "never");
    hosts(registry.name(), "[host.\"http://" + mirror.name() + "\"]\n");
    config("{\"auths\":{\"" + registry.name() + "\":" + MINE + "}}");
    assertThat(repository(registry.name() + "/a:v1").resolve().host()).isEqualTo(registry.name());
    registry.before((exchange, asked) -> {
      TestHost.redirect(exchange, "http://" + storage.name() + asked.path());
      return true;
    });
    failure(Kind.UNAUTHENTICATED, () -> repository(registry.name() + "/a:v1").resolve());
    for (TestHost stranger : List.of(mirror, storage)) {
      assertThat(stranger.asked).isNotEmpty();
      assertThat(stranger.asked).allMatch(asked -> asked.header("Authorization").isEmpty());
    }

    TestHost own = guarded(ASKS, BASIC);
    hosts(registry.name(), "[host.\"http://" + own.name() + "\"]\n");
    config("{\"auths\":{\"" + own.name() + "/a\":" + MINE + "}}");
    assertThat(repository(registry.name() + "/a:v1").resolve().host()).isEqualTo(own.name());
  }

  @Test
  void aHeaderOfHostsTomlCountsBeforeTheFile() throws IOException {
    TestHost host = guarded(ASKS, BASIC);
    hosts(
        host.name(),
        "[host.\"http://%s\".header]\nauthorization = \"%s\"\n".formatted(host.name(), BASIC));
    config("{\"auths\":{\"" + host.name() + "\":{\"username\":\"eve\",\"password\":\"x\"}}}");
    repository(host.name() + "/a:v1").resolve();
  }

  @Test
  void tokensOfBothKindsAreUsed() throws IOException {
    TestHost host = guarded(ASKS, "Bearer R");
    config("{\"auths\":{\"" + host.name() + "\":{\"registrytoken\":\"R\"}}}");
    repository(host.name() + "/a:v1").resolve();

    TestHost tokens = tokenServer(host(), "{\"token\":\"T\"}");
    TestHost other = guarded(bearer(tokens), "Bearer T");
    config("{\"auths\":{\"" + other.name() + "\":{\"auth\":\"eDp5\",\"identitytoken\":\"I\"}}}");
    repository(other.name() + "/a:v1").resolve();
    assertThat(tokens.asked.getFirst().method()).isEqualTo("POST");
  }

  @Test
  void aHelperIsAskedForItsHost() throws IOException {
    TestHost host = guarded(ASKS, BASIC);
    String pair = Challenges.ME.username() + "\",\"Secret\":\"" + Challenges.ME.password();
    helper(
        "test",
        """
        echo "$1 $(cat)" >> %s/asked
        echo '{"ServerURL":"x","Username":"%s"}'
        """
            .formatted(root, pair));
    config("{\"credHelpers\":{\"" + host.name() + "\":\"test\"}}");
    repository(host.name() + "/a:v1").resolve();
    assertThat(root.resolve("asked")).hasContent("get " + host.name());

    TestHost tokens = tokenServer(host(), "{\"token\":\"T\"}");
    TestHost other = guarded(bearer(tokens), "Bearer T");
    helper("store", "echo '{\"Username\":\"<token>\",\"Secret\":\"I\"}'");
    config("{\"credsStore\":\"store\"}");
    repository(other.name() + "/a:v1").resolve();
    assertThat(tokens.asked.getFirst().method()).isEqualTo("POST");
  }

  @Test
  void aHelperWithoutAnyLeavesTheFile() throws IOException {
    TestHost host = guarded(ASKS, BASIC);
    helper("test", "echo credentials not found in native keychain; exit 1");
    config("{\"credsStore\":\"test\",\"auths\":{\"" + host.name() + "\":" + MINE + "}}");
    repository(host.name() + "/a:v1").resolve();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo s3cret; exit 3 | ended with status 3",
        "echo s3cret | did not write JSON",
        "echo '{\"Username\":[\"s3cret\"]}' | did not write JSON",
        "exec cat /dev/zero | wrote more than 65536 bytes",
        "echo s3cret; exec sleep 1000 | does not answer",
        "echo s3cret; exec >&-; exec sleep 1000 | does not end",
      })
  void whatAHelperDoesWrongIsToldWithoutQuotingIt(String script, String why) throws IOException {
    helper("test", script);
    CredentialHelper helper =
        new CredentialHelper(
            List.of(root.resolve("nosuch"), root.resolve("bin")),
            Duration.ofMillis(script.contains("sleep") ? 300 : 30_000));
    assertThatThrownBy(() -> helper.get("test", "r.example"))
        .isInstanceOf(OciException.class)
        .hasMessageContainingAll("docker-credential-test", why)
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }

  @ParameterizedTest
  @CsvSource({"nosuch, no credential helper", "../bin/test, bad name", "'', bad name"})
  void onlyProgramsOfTheFixedDirectoriesAreRun(String name, String why) throws IOException {
    helper("test", "echo '{}'");
    CredentialHelper helper =
        new CredentialHelper(List.of(root.resolve("bin")), Duration.ofSeconds(30));
    assertThatThrownBy(() -> helper.get(name, "r.example")).hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | is no JSON",
        "{\"auths\":{\"HOST\":{\"auth\":\"s3cret!\"}}} | is not base64 of HOST",
        "{\"credsStore\":\"nosuch\"} | docker-credential-nosuch",
      })
  void aBrokenFileFailsThePullThatNeedsIt(String json, String why) throws IOException {
    TestHost host = guarded(ASKS, BASIC);
    config(json.replace("HOST", host.name()));
    OciException e =
        failure(Kind.FAILED_PRECONDITION, () -> repository(host.name() + "/a:v1").resolve());
    assertThat(e)
        .hasMessageContainingAll(host.name(), why.replace("HOST", host.name()))
        .hasMessageNotContaining("s3cret");
    TestHost open = host();
    open.manifest("v1", "{}");
    repository(open.name() + "/a:v1").resolve();
  }
}
