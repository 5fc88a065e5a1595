package io.jcri.daemon.cri.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cni.CniException;
import io.jcri.cni.CniException.Reason;
import io.jcri.daemon.core.JcriException;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorMappingTest {
  @ParameterizedTest
  @EnumSource(JcriException.Kind.class)
  void everyKindHasACodeAndKeepsItsMessage(JcriException.Kind kind) {
    Status status = ErrorMapping.status(new JcriException(kind, "pod x"));
    assertThat(status.getDescription()).endsWith("pod x");
    assertThat(status.getCode() == Status.Code.UNKNOWN)
        .isEqualTo(!String.valueOf(status.getDescription()).equals("pod x"));
  }

  /** The words are those of cri-api's errors package; the kubelet looks for them at the start. */
  @ParameterizedTest
  @CsvSource({
    "REGISTRY_UNAVAILABLE, RegistryUnavailable",
    "SIGNATURE_VALIDATION_FAILED, SignatureValidationFailed",
    "RRO_UNSUPPORTED, RROUnsupported",
    "IMAGE_VOLUME_MOUNT_FAILED, ImageVolumeMountFailed"
  })
  void whatTheKubeletKnowsBeginsWithItsWord(JcriException.Kind kind, String word) {
    Status status = ErrorMapping.status(new JcriException(kind, "x"));
    assertThat(status.getDescription()).isEqualTo(word + ": x");
    assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource(OciException.Kind.class)
  void theImageSidesKindsToo(OciException.Kind kind) {
    String sentinel =
        kind == OciException.Kind.SIGNATURE_VALIDATION_FAILED ? "SignatureValidationFailed: " : "";
    assertThat(ErrorMapping.status(new OciException(kind, "image x")).getDescription())
        .isEqualTo(sentinel + "image x");
  }

  @Test
  void aFullDiskIsResourceExhaustedAndNamesThePath() {
    Status status =
        ErrorMapping.status(
            new UncheckedIOException(
                "cannot write record /x", new IOException("No space left on device")));
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription()).contains("/x");
  }

  /** What our own code refuses by mistake is no fault of the caller's. */
  @Test
  void aFaultOfOursIsInternal() {
    assertThat(ErrorMapping.status(new IllegalArgumentException("a snapshot can change")).getCode())
        .isEqualTo(Status.Code.INTERNAL);
  }

  @Test
  void aCallThatNeedsTooMuchMemoryIsToldSo() {
    assertThat(ErrorMapping.status(new OutOfMemoryError("Java heap space")).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void nobodyReadsTheNameOfAClass() {
    IOException missing = new NoSuchFileException("/run/x");
    for (Throwable failure :
        List.of(
            missing,
            new UncheckedIOException(missing),
            new UncheckedIOException("cannot look at /run/x", missing),
            new IllegalStateException(),
            new NullPointerException(),
            new TimeoutException())) {
      assertThat(ErrorMapping.status(failure).getDescription())
          .doesNotContain("java.")
          .doesNotContain("Exception")
          .isNotEmpty();
    }
  }

  /** Who is told UNAVAILABLE tries the same again. */
  @ParameterizedTest
  @EnumSource(Reason.class)
  void aNetworkThatMayComeBackIsUnavailable(Reason reason) {
    Status status =
        ErrorMapping.status(new CniException(reason, "bridge", "ADD", 0, "what it said"));
    assertThat(status.getDescription()).isEqualTo("network: what it said");
    assertThat(status.getCode())
        .isEqualTo(
            switch (reason) {
              case INVALID -> Status.Code.INVALID_ARGUMENT;
              case PORT_TAKEN -> Status.Code.FAILED_PRECONDITION;
              case STORAGE -> Status.Code.INTERNAL;
              default -> Status.Code.UNAVAILABLE;
            });
  }

  @Test
  void aFullDiskIsTheSameForNetworks() {
    String words = "cannot write the cached result /x: No space left on device";
    assertThat(ErrorMapping.status(new CniException(Reason.STORAGE, "", "", 0, words)).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }
}
