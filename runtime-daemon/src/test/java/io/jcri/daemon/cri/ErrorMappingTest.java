package io.jcri.daemon.cri;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.daemon.JcriException;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorMappingTest {
  @ParameterizedTest
  @EnumSource(JcriException.Kind.class)
  void everyKindHasACodeAndKeepsItsMessage(JcriException.Kind kind) {
    Status status = ErrorMapping.status(new JcriException(kind, "pod x"));
    assertThat(status.getDescription()).isEqualTo("pod x");
    assertThat(status.getCode()).isNotEqualTo(Status.Code.UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource(OciException.Kind.class)
  void theImageSidesKindsToo(OciException.Kind kind) {
    assertThat(ErrorMapping.status(new OciException(kind, "image x")).getDescription())
        .isEqualTo("image x");
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
}
