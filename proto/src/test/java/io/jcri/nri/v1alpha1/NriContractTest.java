package io.jcri.nri.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.jcri.cri.v1.WireFacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares the compiled contracts with the facts written down from the published ones. */
class NriContractTest {
  private static final String TTRPC = "ttrpc ";
  private static final FileDescriptor NRI_FILE = NriApi.getDescriptor();
  private static final FileDescriptor TTRPC_FILE = Ttrpc.getDescriptor();

  @Test
  void hasEveryMessageFieldAndValueOfThePublishedContractAndNoOther() throws IOException {
    assertThat(NRI_FILE.getPackage()).isEqualTo("nri.pkg.api.v1alpha1");
    assertThat(NRI_FILE.toProto().getSyntax()).isEqualTo("proto3");
    assertThat(WireFacts.of(NRI_FILE))
        .containsExactlyInAnyOrderElementsOf(
            published().stream().filter(fact -> !fact.startsWith(TTRPC)).toList());
  }

  @Test
  void hasTheEnvelopeOfTtrpc() throws IOException {
    assertThat(TTRPC_FILE.toProto().getSyntax()).isEqualTo("proto3");
    assertThat(WireFacts.of(TTRPC_FILE))
        .containsExactlyInAnyOrderElementsOf(
            published().stream()
                .filter(fact -> fact.startsWith(TTRPC))
                .map(fact -> fact.substring(TTRPC.length()))
                .toList());
  }

  private static List<String> published() throws IOException {
    try (InputStream in = NriContractTest.class.getResourceAsStream("wire-facts.txt")) {
      assertThat(in).as("wire-facts.txt").isNotNull();
      List<String> facts =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .toList();
      assertThat(facts).hasSizeGreaterThan(400);
      return facts;
    }
  }
}
