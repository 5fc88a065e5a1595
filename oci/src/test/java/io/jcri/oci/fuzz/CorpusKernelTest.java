package io.jcri.oci.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.jcri.oci.distribution.ChallengeFuzz;
import io.jcri.oci.distribution.config.HostsTomlFuzz;
import io.jcri.oci.distribution.config.ReferenceFuzz;
import io.jcri.oci.distribution.config.RegistriesConfFuzz;
import io.jcri.oci.distribution.config.ServerUriFuzz;
import io.jcri.oci.distribution.credentials.DockerConfigFuzz;
import io.jcri.oci.image.ImageConfigFuzz;
import io.jcri.oci.inflate.GzipFuzz;
import io.jcri.oci.inflate.ZstdFuzz;
import io.jcri.oci.layer.LayerFuzz;
import io.jcri.oci.manifest.ManifestFuzz;
import io.jcri.oci.signature.PolicyFuzz;
import io.jcri.oci.signature.SignatureStoresFuzz;
import io.jcri.oci.tar.TarFuzz;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every input of the corpus, small ones that begin the search and those that once found a fault.
 */
class CorpusKernelTest {

  private interface Target {
    void run(byte[] input) throws IOException;
  }

  private static final Map<String, Target> TARGETS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("ChallengeFuzz", ChallengeFuzz::fuzzerTestOneInput),
              Map.entry("DockerConfigFuzz", DockerConfigFuzz::fuzzerTestOneInput),
              Map.entry("GzipFuzz", GzipFuzz::fuzzerTestOneInput),
              Map.entry("HostsTomlFuzz", HostsTomlFuzz::fuzzerTestOneInput),
              Map.entry("ImageConfigFuzz", ImageConfigFuzz::fuzzerTestOneInput),
              Map.entry("LayerFuzz", LayerFuzz::fuzzerTestOneInput),
              Map.entry("ManifestFuzz", ManifestFuzz::fuzzerTestOneInput),
              Map.entry("PolicyFuzz", PolicyFuzz::fuzzerTestOneInput),
              Map.entry("ReferenceFuzz", ReferenceFuzz::fuzzerTestOneInput),
              Map.entry("RegistriesConfFuzz", RegistriesConfFuzz::fuzzerTestOneInput),
              Map.entry("ServerUriFuzz", ServerUriFuzz::fuzzerTestOneInput),
              Map.entry("SignatureStoresFuzz", SignatureStoresFuzz::fuzzerTestOneInput),
              Map.entry("TarFuzz", TarFuzz::fuzzerTestOneInput),
              Map.entry("ZstdFuzz", ZstdFuzz::fuzzerTestOneInput)));

  private static Path corpus() throws URISyntaxException {
    return Path.of(Objects.requireNonNull(CorpusKernelTest.class.getResource("/fuzz")).toURI());
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> everyInputIsReadOrRefused() throws Exception {
    Path corpus = corpus();
    Stream<DynamicTest> all = Stream.of();
    for (Map.Entry<String, Target> target : TARGETS.entrySet()) {
      List<Path> inputs = filesOf(corpus.resolve(target.getKey()));
      all =
          Stream.concat(
              all,
              inputs.stream()
                  .map(input ->
                      dynamicTest(
                          target.getKey() + "/" + input.getFileName(),
                          () -> target.getValue().run(Files.readAllBytes(input)))));
    }
    return all;
  }

  @Test
  void everyTargetHasACorpus() throws Exception {
    assertThat(filesOf(corpus()).stream().map(folder -> folder.getFileName().toString()))
        .containsExactlyElementsOf(TARGETS.keySet());
  }
}
