package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.transport.PemFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS as hosts.toml configures it, against a real TLS server. */
class TlsTest extends RegistryFixture {

  @TempDir static Path keysDirectory;
  private static TestKeys serverKeys;
  private static TestKeys clientKeys;

  @BeforeAll
  static void makeKeys() throws Exception {
    serverKeys = TestKeys.make(keysDirectory, "server", "RSA");
    clientKeys = TestKeys.make(keysDirectory, "client", "EC");
    Files.writeString(keysDirectory.resolve("server.pem"), serverKeys.certificatePem());
    Files.writeString(
        keysDirectory.resolve("client.pem"), clientKeys.keyPem() + clientKeys.certificatePem());
    Files.writeString(keysDirectory.resolve("client.crt"), clientKeys.certificatePem());
    Files.writeString(keysDirectory.resolve("client.key"), clientKeys.keyPem());
  }

  private TestHost tls(boolean wantsClient) throws Exception {
    TestHost host = opened(TestHost.startTls(serverKeys.serverFor(clientKeys), wantsClient));
    host.manifest("v1", "{}");
    return host;
  }

  private void server(String host, String more) throws IOException {
    hosts("q.example", "server = \"https://%s\"\n%s".formatted(host, more));
  }

  private static String ca() {
    return "ca = \"" + keysDirectory.resolve("server.pem") + "\"\n";
  }

  @Test
  void anUnknownCertificateIsRefused() throws Exception {
    TestHost host = tls(false);
    server(host.name(), "");
    assertThat(failure(Kind.UNAVAILABLE, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining(host.name() + ": TLS: ");
    assertThat(host.asked).isEmpty();
  }

  @Test
  void aCaOfItsOwnIsTrustedForTheRightNameOnly() throws Exception {
    TestHost host = tls(false);
    server(host.name(), ca());
    assertThat(repository("q.example/a:v1").resolve().host()).isEqualTo(host.name());

    server(host.otherName(), ca());
    assertThat(failure(Kind.UNAVAILABLE, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining("TLS: ");
  }

  @Test
  void skipVerifyTakesAnyCertificateAndName() throws Exception {
    TestHost host = tls(false);
    server(host.otherName(), "skip_verify = true");
    assertThat(repository("q.example/a:v1").resolve().host()).isEqualTo(host.otherName());
  }

  @Test
  void aClientCertificateIsShownInEitherForm() throws Exception {
    TestHost host = tls(true);
    Path both = keysDirectory.resolve("client.pem");
    Path certificate = keysDirectory.resolve("client.crt");
    Path key = keysDirectory.resolve("client.key");

    server(host.name(), ca());
    failure(Kind.UNAVAILABLE, () -> repository("q.example/a:v1").resolve());
    server(host.name(), ca() + "client = \"" + both + "\"");
    repository("q.example/a:v1").resolve();
    server(host.name(), ca() + "client = [[\"" + certificate + "\", \"" + key + "\"]]");
    repository("q.example/a:v1").resolve();
  }

  @Test
  void aClientCertificateIsNotShownToWhereARedirectLeads() throws Exception {
    TestHost storage = tls(true);
    TestHost host = tls(true);
    host.before((exchange, asked) -> {
      TestHost.redirect(exchange, "https://" + storage.name() + asked.path());
      return true;
    });
    server(host.name(), ca() + "client = \"" + keysDirectory.resolve("client.pem") + "\"");

    assertThat(failure(Kind.UNAVAILABLE, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining("redirected to 127.0.0.1: ");
    assertThat(host.asked).isNotEmpty();
    assertThat(storage.asked).isEmpty();
  }

  @Test
  void aRedirectOutOfTlsIsRefused() throws Exception {
    TestHost plain = host();
    TestHost host = tls(false);
    host.before((exchange, asked) -> {
      TestHost.redirect(exchange, "http://" + plain.name() + asked.path());
      return true;
    });
    server(host.name(), ca());

    assertThat(failure(Kind.UNAVAILABLE, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining("redirects from https to plain http at 127.0.0.1");
    assertThat(plain.asked).isEmpty();
  }

  @Test
  void brokenAndAbsentFilesAreNamed() throws Exception {
    TestHost host = tls(false);
    Path empty = Files.createFile(root.resolve("empty.pem"));
    server(host.name(), "ca = \"/no/such.pem\"");
    assertThat(failure(Kind.FAILED_PRECONDITION, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining("/no/such.pem");
    server(host.name(), "ca = \"" + empty + "\"");
    assertThat(failure(Kind.FAILED_PRECONDITION, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining(empty + " holds no certificate");
    server(host.name(), "client = \"" + keysDirectory.resolve("server.pem") + "\"");
    assertThat(failure(Kind.FAILED_PRECONDITION, () -> repository("q.example/a:v1").resolve()))
        .hasMessageContaining("holds no private key");
  }

  /** To read all that the system trusts would be most of a first pull's work. */
  @Test
  void forPlainHttpNoCertificateIsRead() throws Exception {
    TestHost host = host();
    host.manifest("v1", "{}");
    hosts("q.example", "server = \"http://%s\"\nca = \"/no/such.pem\"\n".formatted(host.name()));
    assertThat(repository("q.example/a:v1").resolve().host()).isEqualTo(host.name());
  }

  @Test
  void aReplacedCaIsNoticed() throws Exception {
    TestHost host = tls(false);
    Path ca = root.resolve("ca.pem");
    Files.writeString(ca, clientKeys.certificatePem());
    server(host.name(), "ca = \"" + ca + "\"");
    failure(Kind.UNAVAILABLE, () -> repository("q.example/a:v1").resolve());

    Files.writeString(ca, serverKeys.certificatePem());
    Files.setLastModifiedTime(ca, java.nio.file.attribute.FileTime.fromMillis(1));
    repository("q.example/a:v1").resolve();
  }

  @Test
  void theOlderKeyFormatsAreRead() throws Exception {
    Path file = root.resolve("key.pem");
    // PKCS #8 holds the PKCS #1 key behind 26 bytes of header when it is of 256 to 65535 bytes.
    byte[] rsa = serverKeys.pkcs8();
    Files.writeString(
        file, TestKeys.pem("RSA PRIVATE KEY", Arrays.copyOfRange(rsa, 26, rsa.length)));
    assertThat(PemFile.read(file).privateKey().orElseThrow().getEncoded()).isEqualTo(rsa);

    // SEC 1 with the curve P-256 named: 30 31 02 01 01 04 20 KEY a0 0a 06 08 OID.
    ByteArrayOutputStream sec1 = new ByteArrayOutputStream();
    sec1.writeBytes(HexFormat.of().parseHex("30310201010420"));
    sec1.writeBytes(
        "01234567890123456789012345678901".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    sec1.writeBytes(HexFormat.of().parseHex("a00a06082a8648ce3d030107"));
    Files.writeString(file, TestKeys.pem("EC PRIVATE KEY", sec1.toByteArray()));
    assertThat(PemFile.read(file).privateKey().orElseThrow().getAlgorithm()).isEqualTo("EC");

    byte[] whole = sec1.toByteArray();
    for (int length = 0; length < whole.length; length++) {
      Files.writeString(file, TestKeys.pem("EC PRIVATE KEY", Arrays.copyOf(whole, length)));
      assertThatThrownBy(() -> PemFile.read(file).privateKey()).isInstanceOf(IOException.class);
    }
    Files.writeString(file, TestKeys.pem("ENCRYPTED PRIVATE KEY", new byte[3]));
    assertThatThrownBy(() -> PemFile.read(file).privateKey()).hasMessageContaining("encrypted");
  }
}
