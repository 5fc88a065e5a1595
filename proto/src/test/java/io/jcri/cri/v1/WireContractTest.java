package io.jcri.cri.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compares the compiled contract with the facts written down from the published one. */
class WireContractTest {
  private static final FileDescriptor FILE = Api.getDescriptor();

  @Test
  void isThePublishedPackage() {
    assertThat(FILE.getPackage()).isEqualTo("runtime.v1");
    assertThat(FILE.toProto().getSyntax()).isEqualTo("proto3");
    assertThat(RuntimeServiceGrpc.SERVICE_NAME).isEqualTo("runtime.v1.RuntimeService");
    assertThat(ImageServiceGrpc.SERVICE_NAME).isEqualTo("runtime.v1.ImageService");
  }

  @Test
  void hasEveryRpcMessageFieldAndValueOfThePublishedContractAndNoOther() throws IOException {
    Set<String> missing = new TreeSet<>(published());
    missing.removeAll(WireFacts.of(FILE));
    Set<String> surplus = new TreeSet<>(WireFacts.of(FILE));
    surplus.removeAll(published());
    assertThat(missing).as("published, but not in api.proto").isEmpty();
    assertThat(surplus).as("in api.proto, but not published").isEmpty();
  }

  @Test
  void theListOfFactsIsWhole() throws IOException {
    assertThat(published().stream().filter(fact -> fact.startsWith("rpc RuntimeService ")))
        .hasSize(37);
    assertThat(published().stream().filter(fact -> fact.startsWith("rpc ImageService ")))
        .hasSize(6);
  }

  private static List<String> published() throws IOException {
    try (InputStream in = WireContractTest.class.getResourceAsStream("wire-facts.txt")) {
      assertThat(in).as("wire-facts.txt").isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
