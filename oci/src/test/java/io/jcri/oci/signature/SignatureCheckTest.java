package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureCheckTest {

  private static final String NAME = "q.io/team/app:1";
  private static final ImageReference IMAGE = ImageReference.parse(NAME);
  private static final Digest INDEX = Digest.of(new byte[] {1});
  private static final Digest MANIFEST = Digest.of(new byte[] {2});
  private static final Digest OTHER = Digest.of(new byte[] {3});

  @TempDir private Path temp;

  private final SignedRepository repository = new SignedRepository(NAME);
  private SignatureCheck check = new SignatureCheck(Path.of("/none"), Path.of("/none"));

  @BeforeEach
  void makeCheck() {
    check = new SignatureCheck(temp.resolve("policy.json"), temp.resolve("registries.d"));
  }

  private void policy(String requirements) throws IOException {
    Files.writeString(
        temp.resolve("policy.json"),
        """
        {"default":[{"type":"reject"}],
         "transports":{"docker":{"q.io":[%s],"free.io":[{"type":"insecureAcceptAnything"}]}}}
        """
            .formatted(requirements.replace('\'', '"')));
  }

  private void places(String yaml) throws IOException {
    Path directory = Files.createDirectories(temp.resolve("registries.d"));
    Files.writeString(directory.resolve("all.yaml"), yaml);
  }

  private Approval verify() {
    return check.verify(IMAGE, INDEX, MANIFEST, repository);
  }

  private AbstractThrowableAssert<?, ?> assertRefused() {
    var refused =
        assertThatThrownBy(this::verify)
            .isInstanceOf(OciException.class)
            .hasMessageContaining(NAME);
    var _ =
        refused
            .extracting(e -> ((OciException) e).kind())
            .isEqualTo(OciException.Kind.SIGNATURE_VALIDATION_FAILED);
    return refused;
  }

  private static KeyPair keys(String algorithm, int size) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (size > 0) {
      generator.initialize(size, new SecureRandom());
    }
    return generator.generateKeyPair();
  }

  private String pem(String name, PublicKey key) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    Path file = temp.resolve(name);
    Files.writeString(
        file, "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n");
    return file.toString();
  }

  private static Map.Entry<String, byte[]> cosign(
      KeyPair keys, String algorithm, Digest digest, String reference)
      throws GeneralSecurityException {
    String payload = SignedRepository.payload(SignedPayload.SIGSTORE, digest, reference);
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    return Map.entry(payload, SignedRepository.sign(keys.getPrivate(), algorithm, bytes));
  }

  private void wantSigstore(KeyPair keys) throws IOException {
    policy("{'type':'sigstoreSigned','keyPath':'" + pem("k.pub", keys.getPublic()) + "'}");
    places("docker:\n  q.io:\n    use-sigstore-attachments: true\n");
  }

  @ParameterizedTest
  @CsvSource({"EC, 256, SHA256withECDSA", "RSA, 2048, SHA256withRSA", "Ed25519, 0, Ed25519"})
  void aSigstoreSignatureByTheKeyIsGood(String kind, int size, String algorithm) throws Exception {
    KeyPair keys = keys(kind, size);
    wantSigstore(keys);
    assertRefused()
        .hasMessageContaining("scope q.io")
        .hasMessageContaining("there is none as attachments in q.io/team/app");
    repository.attach(MANIFEST, List.of(cosign(keys, algorithm, MANIFEST, NAME)));
    assertThat(verify().reference()).isEqualTo(NAME);
  }

  @Test
  void aSignatureOfTheIndexCountsToo() throws Exception {
    KeyPair keys = keys("EC", 256);
    wantSigstore(keys);
    repository.attach(INDEX, List.of(cosign(keys, "SHA256withECDSA", INDEX, NAME)));
    assertThat(verify().policy()).startsWith("sha256:");
  }

  @Test
  void aSignatureMustBeOfThisImageAndThisName() throws Exception {
    KeyPair keys = keys("EC", 256);
    KeyPair others = keys("EC", 256);
    wantSigstore(keys);
    String algorithm = "SHA256withECDSA";
    repository.attach(MANIFEST, List.of(cosign(others, algorithm, MANIFEST, NAME)));
    assertRefused().hasMessageContaining("none of the keys").hasMessageContaining("k.pub");
    repository.attach(MANIFEST, List.of(cosign(keys, algorithm, OTHER, NAME)));
    assertRefused().hasMessageContaining("it is of " + OTHER);
    repository.attach(MANIFEST, List.of(cosign(keys, algorithm, MANIFEST, "q.io/team/other:1")));
    assertRefused().hasMessageContaining("called q.io/team/other:1");
    repository.attach(MANIFEST, List.of(cosign(keys, algorithm, MANIFEST, "q.io/team/app")));
    assertRefused().hasMessageContaining("matchRepository would take");
    String gpg = SignedRepository.payload(SignedPayload.GPG, MANIFEST, NAME);
    byte[] signed =
        SignedRepository.sign(keys.getPrivate(), algorithm, gpg.getBytes(StandardCharsets.UTF_8));
    repository.attach(MANIFEST, List.of(Map.entry(gpg, signed)));
    assertRefused().hasMessageContaining("type is");
    repository.attach(
        MANIFEST,
        List.of(
            cosign(others, algorithm, MANIFEST, NAME), cosign(keys, algorithm, MANIFEST, NAME)));
    assertThat(verify().reference()).isEqualTo(NAME);
  }

  @Test
  void attachmentsAreReadWhereTheyAreSwitchedOn() throws Exception {
    KeyPair keys = keys("EC", 256);
    wantSigstore(keys);
    repository.attach(MANIFEST, List.of(cosign(keys, "SHA256withECDSA", MANIFEST, NAME)));
    places("docker:\n  q.io:\n    use-sigstore-attachments: false\n");
    assertRefused().hasMessageContaining("use-sigstore-attachments is not set");
  }

  @Test
  void signaturesAreNotReadWithoutEnd() throws Exception {
    KeyPair keys = keys("EC", 256);
    wantSigstore(keys);
    List<Map.Entry<String, byte[]>> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(Map.entry("{}", new byte[] {1}));
    }
    repository.attach(MANIFEST, many);
    assertRefused().hasMessageContaining("more or larger signatures");
    repository.attach(MANIFEST, List.of(Map.entry("x".repeat(200_000), new byte[] {1})));
    assertRefused().hasMessageContaining("more or larger signatures");
  }

  @Test
  void gpgSignaturesAreFoundByTheLookaside() throws Exception {
    try (Gpg gpg = new Gpg(temp.resolve("g"))) {
      String _ = gpg.makeKey("alice", "ed25519", "0");
      String _ = gpg.makeKey("mallory", "ed25519", "0");
      Path key = Files.write(temp.resolve("alice.gpg"), gpg.export("alice"));
      policy("{'type':'signedBy','keyType':'GPGKeys','keyPath':'" + key + "'}");
      String content = SignedRepository.payload(SignedPayload.GPG, MANIFEST, NAME);
      byte[] bad = gpg.sign("mallory", content);
      byte[] good = gpg.sign("alice", content);

      places("docker:\n  q.io:\n    lookaside: file://" + temp.resolve("sigs") + "\n");
      assertRefused().hasMessageContaining("there is none at file://" + temp.resolve("sigs"));
      Path directory =
          Files.createDirectories(temp.resolve("sigs/team/app@sha256=" + MANIFEST.hex()));
      Files.write(directory.resolve("signature-1"), bad);
      assertRefused().hasMessageContaining("not among those wanted");
      Files.write(directory.resolve("signature-3"), good);
      assertRefused();
      Files.write(directory.resolve("signature-2"), good);
      assertThat(verify().reference()).isEqualTo(NAME);

      places("docker:\n  q.io:\n    lookaside: http://sigs.example/base/\n");
      assertRefused();
      repository
          .elsewhere()
          .put(
              URI.create(
                  "http://sigs.example/base/team/app@sha256=" + INDEX.hex() + "/signature-1"),
              gpg.sign("alice", SignedRepository.payload(SignedPayload.GPG, INDEX, NAME)));
      assertThat(verify().reference()).isEqualTo(NAME);

      Files.delete(key);
      assertThatThrownBy(this::verify).hasMessageContaining("cannot read " + key);
    }
  }

  @Test
  void allRequirementsMustBeMet() throws Exception {
    KeyPair one = keys("EC", 256);
    KeyPair two = keys("EC", 256);
    String first = "{'type':'sigstoreSigned','keyPath':'%s'}".formatted(pem("1", one.getPublic()));
    String second = "{'type':'sigstoreSigned','keyPath':'%s'}".formatted(pem("2", two.getPublic()));
    policy(first + "," + second);
    places("default-docker:\n  use-sigstore-attachments: true\n");
    String algorithm = "SHA256withECDSA";
    repository.attach(MANIFEST, List.of(cosign(one, algorithm, MANIFEST, NAME)));
    assertRefused().hasMessageContaining("none of the keys wanted: " + temp.resolve("2"));
    repository.attach(
        MANIFEST,
        List.of(cosign(one, algorithm, MANIFEST, NAME), cosign(two, algorithm, MANIFEST, NAME)));
    assertThat(verify().reference()).isEqualTo(NAME);
  }

  @Test
  void whatRejectsIsNamed() throws IOException {
    policy("{'type':'reject'}");
    assertRefused().hasMessageContaining("rejects").hasMessageContaining("scope q.io");
    policy("{'type':'sigstoreSigned','fulcio':{}}");
    assertRefused().hasMessageContaining("sigstoreSigned with fulcio, which is not supported");
    assertThat(
            check
                .verify(ImageReference.parse("free.io/x"), INDEX, MANIFEST, repository)
                .reference())
        .isEqualTo("free.io/x:latest");
  }

  @Test
  void aPolicyThatIsMissingOrWrongAcceptsNothing() throws IOException {
    assertThatThrownBy(this::verify)
        .hasMessageContaining("the signature policy of this node")
        .hasMessageContaining(temp.resolve("policy.json").toString());
    Files.writeString(temp.resolve("policy.json"), "{}");
    assertThatThrownBy(this::verify).hasMessageContaining("default must be a list");
    assertThatThrownBy(() -> check.admit(NAME, List.of(NAME), List.of()))
        .hasMessageContaining("default must be a list");
  }

  /** What was approved counts as long as the same is wanted, by whatever file. */
  @Test
  void anApprovalLastsAsLongAsTheRuleAndItsKeys() throws Exception {
    KeyPair keys = keys("EC", 256);
    wantSigstore(keys);
    repository.attach(MANIFEST, List.of(cosign(keys, "SHA256withECDSA", MANIFEST, NAME)));
    List<Approval> approvals = List.of(verify());
    check.admit(NAME, List.of(NAME), approvals);
    assertThat(check.stillApproves(IMAGE, approvals)).isTrue();
    assertThat(check.stillApproves(IMAGE, List.of())).isFalse();

    String moved = pem("moved.pub", keys.getPublic());
    policy("{'type':'sigstoreSigned','keyPath':'" + moved + "'}");
    check.admit(NAME, List.of(NAME), approvals);

    String _ = pem("moved.pub", keys("EC", 256).getPublic());
    assertNotAdmitted(approvals);
    String _ = pem("moved.pub", keys.getPublic());
    check.admit(NAME, List.of(NAME), approvals);
    policy(
        "{'type':'sigstoreSigned','keyPath':'%s','signedIdentity':{'type':'matchExact'}}"
            .formatted(moved));
    assertNotAdmitted(approvals);
    policy("{'type':'reject'}");
    assertNotAdmitted(approvals);
  }

  private void assertNotAdmitted(List<Approval> approvals) {
    assertThatThrownBy(() -> check.admit(NAME, List.of(NAME), approvals))
        .hasMessageContaining(NAME)
        .hasMessageContaining("pull it again");
    assertThat(check.stillApproves(IMAGE, approvals)).isFalse();
  }

  @Test
  void withoutAnApprovalANameThatNeedsNoneIsEnough() throws IOException {
    policy("{'type':'reject'}");
    assertNotAdmitted(List.of());
    check.admit("x", List.of(NAME, "free.io/x:1"), List.of());
    assertThatThrownBy(() -> check.admit("sha256:ab", List.of(), List.of()))
        .hasMessageContaining("default");
    Files.writeString(
        temp.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
    check.admit("sha256:ab", List.of(), List.of());
  }
}
