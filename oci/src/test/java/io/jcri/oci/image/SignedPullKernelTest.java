package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.signature.Approval;
import io.jcri.oci.signature.SignatureCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pulls on a node with a signature policy. */
class SignedPullKernelTest extends ImageStoreFixture {

  private static final String ACCEPT = "{\"type\":\"insecureAcceptAnything\"}";
  private static final String REJECT = "{\"type\":\"reject\"}";

  private ImageStore guarded() {
    SignatureCheck check =
        new SignatureCheck(temp.resolve("policy.json"), temp.resolve("registries.d"));
    return open(new DirectFetcher.Options(4, false, Optional.of(check)));
  }

  private void policy(String requirement) throws IOException {
    Files.writeString(
        temp.resolve("policy.json"),
        """
        {"default":[{"type":"reject"}],"transports":{"docker":{"registry.test":[%s]}}}
        """
            .formatted(requirement));
  }

  private static void assertRefused(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOf(OciException.class)
        .hasMessageContaining("registry.test/app")
        .extracting(e -> ((OciException) e).kind())
        .isEqualTo(OciException.Kind.SIGNATURE_VALIDATION_FAILED);
  }

  @Test
  void anImageThatIsRefusedLeavesNothingAndNoLayerIsFetched() throws IOException {
    TestImage image = smallImage();
    registry.serve(NAME, image);
    policy(REJECT);
    ImageStore store = guarded();

    assertRefused(() -> pull(store, NAME));

    assertThat(layerBlobs(image)).allMatch(blob -> registry.askedFor(blob) == 0);
    assertThat(store.list()).isEmpty();
    assertThat(store.usage().bytes()).isZero();
    try (Stream<Path> files = Files.list(temp.resolve("s/images"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whatWasApprovedIsKnownAfterARestart() throws IOException {
    registry.serve(NAME, smallImage());
    policy(ACCEPT);
    Image image = pull(guarded(), NAME);
    assertThat(image.approvals()).extracting(Approval::reference).containsExactly(NAME);

    ImageStore next = guarded();
    assertThat(next.find(NAME).orElseThrow().approvals()).isEqualTo(image.approvals());
    next.admit(next.find(NAME).orElseThrow());
    policy(REJECT);
    assertRefused(() -> next.admit(next.find(NAME).orElseThrow()));
    assertRefused(() -> pull(next, NAME));
  }

  /** A digest stays what it is, the policy does not. */
  @Test
  void anImageByDigestIsCheckedAgainWhenThePolicyHasChanged() throws IOException {
    registry.serve(NAME, smallImage());
    policy(ACCEPT);
    ImageStore store = guarded();
    String byDigest = pull(store, NAME).repoDigests().getFirst();
    registry.serve(byDigest, smallImage());
    Image image = pull(store, byDigest);
    assertThat(image.approvals()).extracting(Approval::reference).containsExactly(NAME, byDigest);
    policy(REJECT);
    assertRefused(() -> pull(store, byDigest));
    policy(ACCEPT);
    assertThat(pull(store, byDigest)).isEqualTo(image);
  }
}
