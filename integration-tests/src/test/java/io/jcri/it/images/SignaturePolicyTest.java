package io.jcri.it.images;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.Mount;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.OciLayout;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.TestIndex;
import io.jcri.it.kit.TestSignature;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node with policy.json, on which only signed images of {@code signed/} are let in. */
class SignaturePolicyTest {
  private static final String FAILED = "SignatureValidationFailed: ";

  @RegisterExtension static final TestNode NODE = new TestNode();

  private static KeyPair ours;
  private static KeyPair others;

  @BeforeAll
  static void configure() throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    ours = generator.generateKeyPair();
    others = generator.generateKeyPair();
    writeKey(ours);
    Files.createDirectories(file("registries.d"));
    Files.writeString(
        file("registries.d/all.yaml"),
        """
        default-docker:
          lookaside: file://%s
          use-sigstore-attachments: true
        """
            .formatted(file("lookaside")));
    Files.createDirectories(file("verifiers"));
    Path configuration = NODE.daemon().configuration();
    String key = "registry_directories";
    Files.writeString(
        configuration,
        Files.readString(configuration)
            .replace(
                key,
                """
                signature_policy = "%s"
                signature_registries_d = "%s"
                verifier_dir = "%s"
                """
                        .formatted(file("policy.json"), file("registries.d"), file("verifiers"))
                    + key));
    NODE.daemon().stop();
    NODE.daemon().start();
  }

  @BeforeEach
  void wantSignatures() throws IOException {
    policy("{\"type\":\"sigstoreSigned\",\"keyPath\":\"%s\"}".formatted(file("key.pub")));
  }

  private static Path file(String name) {
    return NODE.scratch().disk().resolve(name);
  }

  private static void writeKey(KeyPair keys) throws IOException {
    String base64 = Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    Files.writeString(
        file("key.pub"), "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n");
  }

  private static void policy(String requirement) throws IOException {
    Files.writeString(
        file("policy.json"),
        """
        {"default":[{"type":"insecureAcceptAnything"}],
         "transports":{"docker":{"%s/signed":[%s]}}}
        """
            .formatted(NODE.registry().hostAndPort(), requirement));
  }

  private static TestImage image(String mark) throws IOException {
    return TestImages.busybox().withEnvironment("MARK=" + mark);
  }

  private static String push(String mark) throws IOException {
    return NODE.registry().push("signed/" + mark, "1", image(mark));
  }

  private static void sign(KeyPair keys, String mark, String digest)
      throws IOException, GeneralSecurityException {
    String reference = NODE.registry().hostAndPort() + "/signed/" + mark + ":1";
    String _ =
        NODE.registry()
            .push(
                "signed/" + mark,
                TestSignature.tag(digest),
                TestSignature.of(keys.getPrivate(), digest, reference));
  }

  private static boolean isHere(String name) {
    return NODE.cri()
        .images()
        .imageStatus(
            ImageStatusRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage(name)).build())
        .hasImage();
  }

  private static ContainerConfig.Builder container(TestPod pod, String image) {
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(image);
    return config;
  }

  private static void assertRuns(String image, String mark) throws IOException {
    TestPod pod = NODE.pod();
    assertThat(pod.start(container(pod, image)).sh("echo $MARK")).isEqualTo(mark);
  }

  @Test
  void aSignedImageIsPulledAndRuns() throws Exception {
    String reference = push("good");
    sign(ours, "good", image("good").manifest().digest());
    assertRuns(NODE.pull(reference), "good");
  }

  @Test
  void aSignedIndexIsPulledAndRuns() throws Exception {
    TestIndex index = new TestIndex(image("index").flavor(), List.of(image("index")));
    String reference = NODE.registry().push("signed/index", "1", index);
    sign(ours, "index", index.manifest().digest());
    assertRuns(NODE.pull(reference), "index");
  }

  @Test
  void anImageWithoutTheSignatureIsRefusedAndLeavesNothing() throws Exception {
    String unsigned = push("unsigned");
    String elses = push("elses");
    sign(others, "elses", image("elses").manifest().digest());

    String why =
        assertRefused(() -> NODE.pull(unsigned), Code.UNKNOWN, unsigned, "none as attachments");
    assertThat(why).startsWith(FAILED);
    assertRefused(() -> NODE.pull(elses), Code.UNKNOWN, FAILED, file("key.pub").toString());
    assertThat(isHere(unsigned)).isFalse();
    assertThat(isHere(image("unsigned").config().digest())).isFalse();
    assertThat(NODE.daemon().root().resolve("image/partial"))
        .satisfiesAnyOf(
            path -> assertThat(path).doesNotExist(), path -> assertThat(path).isEmptyDirectory());
  }

  /** A key that is no longer trusted: what it let in must not run, whatever it was pulled as. */
  @Test
  void anImageThatWasPulledUnderAnotherPolicyMustBePulledAgain() throws Exception {
    String reference = push("changed");
    sign(ours, "changed", image("changed").manifest().digest());
    String id = NODE.pull(reference);
    TestPod pod = NODE.pod();
    try {
      writeKey(others);
      String why = assertRefused(() -> pod.create(container(pod, id)), Code.UNKNOWN, reference);
      assertThat(why).startsWith(FAILED).contains("pull it again");
      Mount.Builder volume =
          Mount.newBuilder()
              .setImage(ImageSpec.newBuilder().setImage(reference))
              .setContainerPath("/data")
              .setReadonly(true);
      ContainerConfig.Builder withVolume = pod.container("sleep", "100000").addMounts(volume);
      assertRefused(() -> pod.create(withVolume), Code.UNKNOWN, FAILED, reference);
      assertRefused(() -> NODE.pull(reference), Code.UNKNOWN, FAILED, reference);
      sign(others, "changed", image("changed").manifest().digest());
      assertThat(NODE.pull(reference)).isEqualTo(id);
      assertThat(pod.start(container(pod, id)).sh("echo $MARK")).isEqualTo("changed");
      assertThat(pod.start(withVolume).sh("ls /data/bin/sh")).isEqualTo("/data/bin/sh");
    } finally {
      writeKey(ours);
    }
  }

  /** Nobody has signed what comes in a file. */
  @Test
  void anImageFromAFileIsJudgedByItsName() throws Exception {
    String name = NODE.registry().hostAndPort() + "/signed/file:1";
    Path archive = file("image.tar");
    OciLayout.writeArchive(archive, Map.of(name, image("file")));
    String _ = new JcriCommand(NODE).out("load", archive.toString());
    TestPod pod = NODE.pod();
    assertRefused(() -> pod.create(container(pod, name)), Code.UNKNOWN, FAILED, name);
    String _ = new JcriCommand(NODE).out("tag", name, "localhost/free:1");
    assertThat(pod.start(container(pod, name)).sh("echo $MARK")).isEqualTo("file");
  }

  @Test
  void aPolicyThatIsNotThereLetsNothingIn() throws Exception {
    String reference = push("nopolicy");
    Files.delete(file("policy.json"));
    assertRefused(
        () -> NODE.pull(reference), Code.UNKNOWN, FAILED, file("policy.json") + ": no such file");
    TestPod pod = NODE.pod();
    assertRefused(
        () -> pod.create(container(pod, NODE.busybox())), Code.UNKNOWN, FAILED, "policy.json");
  }

  /** Signed by skopeo and GnuPG. */
  @Test
  void aSignatureOfSkopeoIsFoundInTheLookaside() throws Exception {
    String reference = push("gpg");
    assertThat(isHere(reference)).isFalse();
    Path home = Files.createDirectories(file("gnupg"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    String gpg = "gpg --homedir " + home + " --batch --quiet ";
    try {
      sh(gpg + "--passphrase '' --quick-gen-key signer rsa2048 sign 0");
      sh(gpg + "--output " + file("signer.gpg") + " --export signer");
      policy(
          "{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPath\":\"%s\"}"
              .formatted(file("signer.gpg")));
      assertRefused(() -> NODE.pull(reference), Code.UNKNOWN, FAILED, "none at file://");

      TestImage image = image("gpg");
      Path manifest = Files.write(file("manifest.json"), image.manifest().bytes());
      Path signatures =
          Files.createDirectories(file("lookaside/signed/gpg@sha256=" + image.manifest().hex()));
      sh(
          "GNUPGHOME=%s skopeo standalone-sign -o %s/signature-1 %s %s $(%s)"
              .formatted(
                  home,
                  signatures,
                  manifest,
                  reference,
                  gpg + "--with-colons --list-keys | awk -F: '/^fpr/ {print $10; exit}'"));
      assertRuns(NODE.pull(reference), "gpg");
    } finally {
      sh("gpgconf --homedir " + home + " --kill all");
    }
  }

  private static void sh(String line) throws IOException {
    Command.of("sh", "-c", line).run().orThrow();
  }

  @Test
  void aVerifierMaySayNo() throws Exception {
    String reference = push("verified");
    sign(ours, "verified", image("verified").manifest().digest());
    Path program = Files.writeString(file("verifiers/no"), "#!/bin/sh\necho not today\nexit 1\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    try {
      assertRefused(() -> NODE.pull(reference), Code.UNKNOWN, FAILED, "not today");
    } finally {
      Files.delete(program);
    }
    assertRuns(NODE.pull(reference), "verified");
  }
}
