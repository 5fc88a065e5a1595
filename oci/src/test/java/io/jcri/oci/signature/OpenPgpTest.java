package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures by the real GnuPG. */
class OpenPgpTest {

  private static final String CONTENT = "{\"what\":\"is signed\"}";
  private static final String[] IN_2020 = {"--faked-system-time", "20200101T000000"};

  @TempDir static Path temp;

  private static Gpg gpg;
  private static String alice;

  @BeforeAll
  static void makeKeys() throws Exception {
    gpg = new Gpg(temp.resolve("g"));
    alice = gpg.makeKey("alice", "rsa2048", "0");
    String _ = gpg.makeKey("bob", "ed25519", "0");
    String _ = gpg.makeKey("old", "ed25519", "1y", IN_2020);
  }

  @AfterAll
  static void endTheAgent() throws Exception {
    gpg.close();
  }

  private static OpenPgp by(byte[]... keys) {
    return new OpenPgp(
        Arrays.stream(keys).map(key -> new KeySource.Key("/keys/some.gpg", key)).toList());
  }

  private static void assertRejected(OpenPgp keys, byte[] message, String why) {
    assertThatThrownBy(() -> keys.verify(message, Instant.now()))
        .isInstanceOf(RejectedSignatureException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aMessageSignedByOneOfTheKeysIsGood() throws Exception {
    OpenPgp keys = by(gpg.export("alice"), gpg.export("bob", "--armor"));
    OpenPgp.Signed signed = keys.verify(gpg.sign("alice", CONTENT), Instant.now());
    assertThat(new String(signed.payload(), StandardCharsets.UTF_8)).isEqualTo(CONTENT);
    assertThat(signed.key()).isEqualTo(alice);
    byte[] uncompressed = gpg.sign("bob", CONTENT, "--compress-algo", "none");
    assertThat(keys.verify(uncompressed, Instant.now()).key()).isEqualTo(gpg.fingerprint("bob"));
  }

  @Test
  void aKeyFileMayHoldSeveral() throws Exception {
    ByteArrayOutputStream armored = new ByteArrayOutputStream();
    armored.write(gpg.export("bob", "--armor"));
    armored.write(gpg.export("alice", "--armor"));
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    plain.write(gpg.export("bob"));
    plain.write(gpg.export("alice"));
    byte[] message = gpg.sign("alice", CONTENT);
    for (ByteArrayOutputStream file : List.of(armored, plain)) {
      assertThat(by(file.toByteArray()).verify(message, Instant.now()).key()).isEqualTo(alice);
    }
  }

  @Test
  void aSubkeySignsForItsCertificate() throws Exception {
    String user = "carol";
    String primary = gpg.makeKey(user, "rsa2048", "0");
    String _ =
        gpg.run(List.of("--passphrase", "", "--quick-add-key", primary, "ed25519", "sign", "0"));
    byte[] message = gpg.sign(user, CONTENT);
    assertThat(by(gpg.export(user)).verify(message, Instant.now()).key()).isEqualTo(primary);
    assertRejected(by(gpg.export("alice")), message, "not among those wanted");
  }

  @Test
  void anotherKeyIsRejectedByItsName() throws Exception {
    assertRejected(by(gpg.export("alice")), gpg.sign("bob", CONTENT), "not among those wanted");
  }

  @Test
  void changedContentIsRejected() throws Exception {
    byte[] message = gpg.sign("alice", CONTENT, "--compress-algo", "none");
    String text = new String(message, StandardCharsets.ISO_8859_1);
    byte[] changed = text.replace("is signed", "not signe").getBytes(StandardCharsets.ISO_8859_1);
    assertThat(changed).isNotEqualTo(message);
    assertRejected(by(gpg.export("alice")), changed, "not what GPG key " + alice);
  }

  @Test
  void aKeyCountsAsLongAsItIsValid() throws Exception {
    OpenPgp keys = by(gpg.export("old"));
    byte[] message = gpg.sign("old", CONTENT, IN_2020);
    assertThat(keys.verify(message, Instant.parse("2020-06-01T00:00:00Z")).key())
        .isEqualTo(gpg.fingerprint("old"));
    assertRejected(keys, message, "has expired");
    assertThatThrownBy(() -> keys.verify(message, Instant.parse("2019-06-01T00:00:00Z")))
        .hasMessageContaining("not valid yet");
  }

  @Test
  void aRevokedKeyIsRejected() throws Exception {
    Gpg other = new Gpg(temp.resolve("r"));
    byte[] message;
    byte[] before;
    byte[] after;
    try (other) {
      String key = other.makeKey("dave", "ed25519", "0");
      message = other.sign("dave", CONTENT);
      before = other.export("dave");
      other.revoke(key);
      after = other.export("dave");
    }
    assertThat(by(before).verify(message, Instant.now()).payload()).isNotEmpty();
    assertRejected(by(after), message, "revoked");
  }

  @Test
  void aSignatureMayExpire() throws Exception {
    byte[] message = gpg.sign("alice", CONTENT, "--default-sig-expire", "1d");
    OpenPgp keys = by(gpg.export("alice"));
    assertThat(keys.verify(message, Instant.now()).key()).isEqualTo(alice);
    assertThatThrownBy(() -> keys.verify(message, Instant.now().plusSeconds(3 * 86_400)))
        .hasMessageContaining("expired");
  }

  @Test
  void whatIsNoMessageOfOneSignatureIsRejected() throws Exception {
    OpenPgp keys = by(gpg.export("alice"), gpg.export("bob"));
    byte[] message = gpg.sign("alice", CONTENT);
    assertRejected(keys, gpg.sign("alice", CONTENT, "-u", "bob"), "2 signatures");
    assertRejected(keys, gpg.sign("alice", CONTENT, "--digest-algo", "SHA1"), "not acceptable");
    assertRejected(keys, gpg.sign("alice", "x".repeat(70_000)), "more than 65536 bytes");
    assertRejected(keys, new byte[0], "");
    assertRejected(keys, "<html>".getBytes(StandardCharsets.UTF_8), "");
    for (int length = 1; length < message.length; length += 7) {
      assertRejected(keys, Arrays.copyOf(message, length), "");
    }
  }

  @Test
  void aFileWithoutKeysIsToldByItsName() throws IOException, InterruptedException {
    for (byte[] file : List.of(new byte[0], "no key".getBytes(StandardCharsets.UTF_8))) {
      assertThatThrownBy(() -> by(file))
          .isInstanceOf(OciException.class)
          .hasMessageContaining("/keys/some.gpg");
    }
  }
}
