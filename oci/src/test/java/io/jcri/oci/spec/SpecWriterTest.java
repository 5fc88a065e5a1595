package io.jcri.oci.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Json;
import io.jcri.oci.runtime.CgroupSupport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares with the golden files beside this class. After a change that is meant, run with {@code
 * -Djcri.golden.update=true} and read the difference.
 */
class SpecWriterTest {
  private static final CgroupSupport V1 =
      new CgroupSupport(false, Set.of("cpu", "cpuset", "memory", "pids"), true);
  private static final CgroupSupport V2 =
      new CgroupSupport(true, Set.of("cpu", "cpuset", "memory", "pids", "hugetlb"), false);

  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of("plain", SampleSpecs.plain()),
        Arguments.of("privileged", SampleSpecs.privileged()),
        Arguments.of("user-namespace", SampleSpecs.userNamespace()),
        Arguments.of("seccomp", SampleSpecs.seccomp()),
        Arguments.of("resources-v1", SampleSpecs.resources(V1)),
        Arguments.of("resources-v2", SampleSpecs.resources(V2)),
        Arguments.of("devices", SampleSpecs.devices()),
        Arguments.of("host-network", SampleSpecs.hostNetwork()),
        Arguments.of("newest", SampleSpecs.newest()),
        Arguments.of("minimal", SampleSpecs.minimal()),
        Arguments.of("full", FullSpec.spec()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void writesConfigJson(String name, ContainerSpec spec) throws IOException {
    assertGolden("config-" + name, SpecWriter.toJson(spec));
  }

  @Test
  void writesTheProcessOfAnExec() throws IOException {
    ContainerProcess exec = SampleSpecs.plain().process().exec(List.of("sh", "-c", "id"), true);
    assertGolden("process-exec", SpecWriter.processJson(exec));
  }

  @Test
  void writesEverythingOfAProcessAndOfLimits() throws IOException {
    assertGolden("process-full", SpecWriter.processJson(FullSpec.spec().process()));
    assertGolden("resources-full", SpecWriter.resourcesJson(FullSpec.spec().resources()));
  }

  @Test
  void writesAnUpdateWithoutDeviceRules() throws IOException {
    assertGolden(
        "resources-update", SpecWriter.resourcesJson(SampleSpecs.resources(V1).resources()));
  }

  @Test
  void writesEmptyCapabilitiesSoThatTheRuntimeDropsAll() {
    Map<String, ?> process =
        Json.parseTree(SpecWriter.processJson(ContainerProcess.of(List.of("x"))));
    assertThat(process.get("capabilities")).isEqualTo(Map.of());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void readsWhatItWrites(String name, ContainerSpec spec) {
    assertThat(SpecWriter.read(SpecWriter.toJson(spec))).as(name).isEqualTo(spec);
  }

  @Test
  void readsNumbersThatAreTooLargeForALong() {
    Scheduling.Cpu most = new Scheduling.Cpu("SCHED_DEADLINE", 0, 0, List.of(), 1, 2, -1);
    ContainerSpec spec = SampleSpecs.minimal();
    ContainerSpec scheduled =
        spec.toBuilder()
            .process(
                spec.process().toBuilder()
                    .scheduling(new Scheduling(Optional.of(most), Optional.empty()))
                    .build())
            .build();
    byte[] json = SpecWriter.toJson(scheduled);
    assertThat(new String(json, StandardCharsets.UTF_8))
        .contains("\"runtime\":1,\"deadline\":2,\"period\":18446744073709551615}");
    assertThat(SpecWriter.read(json)).isEqualTo(scheduled);
  }

  @Test
  void changesNothingByTakingApartAndPuttingTogether() {
    for (Arguments sample : samples().toList()) {
      ContainerSpec spec = (ContainerSpec) Objects.requireNonNull(sample.get()[1]);
      assertThat(spec.toBuilder().build()).isEqualTo(spec);
      assertThat(spec.process().toBuilder().build()).isEqualTo(spec.process());
      assertThat(spec.resources().toBuilder().build()).isEqualTo(spec.resources());
    }
  }

  static Stream<Arguments> versions() {
    ContainerSpec plain = SampleSpecs.plain();
    ContainerMount idmapped =
        ContainerMount.bind("/a", "/b", false)
            .withIdMappings(List.of(new IdMapping(0, 1, 1)), List.of(new IdMapping(0, 1, 1)));
    ProcessUser masked = new ProcessUser(0, 0, Optional.of(0077), List.of());
    SeccompProfile enosys =
        new SeccompProfile(
            "SCMP_ACT_ERRNO",
            Optional.of(38),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    return Stream.of(
        Arguments.of("1.0.2", plain),
        Arguments.of("1.0.2", SampleSpecs.seccomp()),
        Arguments.of("1.0.2", SampleSpecs.privileged()),
        Arguments.of("1.1.0", plain.toBuilder().mounts(List.of(idmapped)).build()),
        Arguments.of(
            "1.2.0", plain.toBuilder().mounts(List.of(idmapped.plusOption("ridmap"))).build()),
        Arguments.of(
            "1.1.0",
            plain.toBuilder()
                .resources(LinuxResources.builder().unified(Map.of("a", "b")).build())
                .build()),
        Arguments.of(
            "1.1.0",
            plain.toBuilder().process(plain.process().toBuilder().user(masked).build()).build()),
        Arguments.of(
            "1.0.2",
            plain.toBuilder()
                .intelRdt(Optional.of(new IntelRdt("gold", "L3:0=f", "", List.of(), false)))
                .build()),
        Arguments.of(
            "1.3.0",
            plain.toBuilder()
                .intelRdt(Optional.of(new IntelRdt("gold", "", "", List.of("L2:0=1"), false)))
                .build()),
        Arguments.of(
            "1.3.0",
            plain.toBuilder()
                .netDevices(Map.of("eth1", new ContainerSpec.NetDevice("fast0")))
                .build()),
        Arguments.of("1.1.0", plain.toBuilder().seccomp(Optional.of(enosys)).build()),
        Arguments.of(
            "1.1.0",
            plain.toBuilder().namespaces(List.of(Namespace.fresh(Namespace.Kind.TIME))).build()));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void asksForTheLowestVersionThatSuffices(String version, ContainerSpec spec) {
    assertThat(Json.parseTree(SpecWriter.toJson(spec)).get("ociVersion")).isEqualTo(version);
  }

  private static void assertGolden(String name, byte[] json) throws IOException {
    byte[] pretty = Json.toPrettyBytes(Json.parseTree(json));
    assertThat(json).as("no byte besides").isEqualTo(Json.toBytes(Json.parseTree(json)));
    if (Boolean.getBoolean("jcri.golden.update")) {
      Path file = Path.of("src/test/resources/io/jcri/oci/spec/" + name + ".json");
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, pretty);
      return;
    }
    try (InputStream golden = SpecWriterTest.class.getResourceAsStream(name + ".json")) {
      assertThat(golden).as(name).isNotNull();
      assertThat(new String(pretty, StandardCharsets.UTF_8))
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
