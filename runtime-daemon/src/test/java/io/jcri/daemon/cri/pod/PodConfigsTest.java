package io.jcri.daemon.cri.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cri.v1.IDMapping;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.PortMapping;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.sandbox.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PodConfigsTest {
  private final PodConfigs configs = new PodConfigs("runc", Set.of("runc", "crun"));

  private PodConfig read(Consumer<PodSandboxConfig.Builder> change) {
    return read("", change);
  }

  private PodConfig read(String handler, Consumer<PodSandboxConfig.Builder> change) {
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder().setName("n").setNamespace("ns").setUid("u"));
    change.accept(config);
    return configs.read(
        RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(handler).build());
  }

  @Test
  void theDefaultHandlerIsTakenWhenNoneIsNamed() {
    assertThat(read(c -> {}).handler()).isEqualTo("runc");
    assertThat(read(c -> {}).runtimeHandler()).as("what is told").isEmpty();
    assertThat(read("crun", c -> {}).runtimeHandler()).isEqualTo("crun");
  }

  @Test
  void anUnknownHandlerIsRefusedByName() {
    RunPodSandboxRequest request =
        RunPodSandboxRequest.newBuilder()
            .setConfig(
                PodSandboxConfig.newBuilder()
                    .setMetadata(
                        PodSandboxMetadata.newBuilder()
                            .setName("n")
                            .setNamespace("ns")
                            .setUid("u")))
            .setRuntimeHandler("kata")
            .build();
    assertThatThrownBy(() -> configs.read(request))
        .isInstanceOf(JcriException.class)
        .hasMessage("runtime_handler kata is unknown: this node has [crun, runc]");
  }

  @Test
  void metadataMustBeComplete() {
    assertThatThrownBy(() -> configs.read(RunPodSandboxRequest.getDefaultInstance()))
        .hasMessage("config is missing");
    assertThatThrownBy(() -> read(PodSandboxConfig.Builder::clearMetadata))
        .hasMessage("config.metadata.name must not be empty");
    assertThatThrownBy(() -> read(c -> c.getMetadataBuilder().clearNamespace()))
        .hasMessage("config.metadata.namespace must not be empty");
    assertThatThrownBy(() -> read(c -> c.getMetadataBuilder().clearUid()))
        .hasMessage("config.metadata.uid must not be empty");
  }

  @Test
  void hostNamesThatTheKernelWouldRefuseAreRefused() {
    assertThatThrownBy(() -> read(c -> c.setHostname("x".repeat(65))))
        .hasMessageStartingWith("config.hostname is longer");
    assertThatThrownBy(() -> read(c -> c.setHostname("a\nb")))
        .hasMessageStartingWith("config.hostname has a character");
  }

  @Test
  void aPodOnTheNodesNetworkHasNoOtherNameThanTheNodes() throws IOException {
    String node = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    assertThat(read(c -> hostNetwork(c)).hostname()).isEmpty();
    assertThat(read(c -> hostNetwork(c).setHostname(node)).hostname()).isEmpty();
    assertThatThrownBy(() -> read(c -> hostNetwork(c).setHostname("x" + node)))
        .hasMessageStartingWith("config.hostname is x" + node);
    assertThat(read(c -> c.setHostname("own")).hostname()).isEqualTo("own");
  }

  @Test
  void portMappingsWithoutHostPortAskForNothing() {
    PodConfig config =
        read(c ->
            c.addPortMappings(PortMapping.newBuilder().setContainerPort(80))
                .addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(8080)));
    assertThat(config.portMappings()).hasSize(1);
    assertThat(config.portMappings().getFirst().protocol()).isEqualTo("tcp");
    assertThatThrownBy(() ->
            read(c ->
                c.addPortMappings(
                    PortMapping.newBuilder().setContainerPort(80).setHostPort(70000))))
        .hasMessage("config.port_mappings.host_port is 70000, which is no port");
  }

  @Test
  void aPortOfTheNodeIsOfAnAddress() {
    for (String address : List.of("", "0.0.0.0", "::", "192.0.2.1", "fd00::1")) {
      assertThat(hostIp(address).portMappings().getFirst().hostIp()).isEqualTo(address);
    }
    for (String none : List.of("localhost", "192.0.2.1/24", "fe80::1%lo", " ")) {
      assertThatThrownBy(() -> hostIp(none))
          .hasMessage("config.port_mappings.host_ip is " + none + ", which is no IP address");
    }
  }

  private PodConfig hostIp(String address) {
    return read(c ->
        c.addPortMappings(
            PortMapping.newBuilder().setContainerPort(80).setHostPort(80).setHostIp(address)));
  }

  @Test
  void userNamespaceRangesAreUnsigned() {
    PodConfig config =
        read(c ->
            c.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .getUsernsOptionsBuilder()
                .setMode(NamespaceMode.POD)
                .addUids(IDMapping.newBuilder().setHostId(0xF0000000).setLength(65536))
                .addGids(IDMapping.newBuilder().setHostId(100000).setLength(65536)));
    assertThat(config.namespaces().user().orElseThrow().uids())
        .containsExactly(new IdMapping(0, 0xF0000000L, 65536));
  }

  @Test
  void aBandwidthThatIsNoneIsRefusedBeforeAnythingIsMadeWithIt() {
    String ingress = "kubernetes.io/ingress-bandwidth";
    assertThatThrownBy(() -> read(c -> c.putAnnotations(ingress, "fast")))
        .isInstanceOf(JcriException.class)
        .hasMessageStartingWith("config.annotations: annotation " + ingress);
    assertThat(read(c -> c.putAnnotations(ingress, "10M")).annotations())
        .containsEntry(ingress, "10M");
    assertThat(read(c -> hostNetwork(c).putAnnotations(ingress, "fast")).hostNetwork()).isTrue();
  }

  private static PodSandboxConfig.Builder hostNetwork(PodSandboxConfig.Builder config) {
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setNetwork(NamespaceMode.NODE);
    return config;
  }

  @Test
  void aProtocolThatTheApiDoesNotKnowIsRefused() {
    assertThatThrownBy(() ->
            read(c ->
                c.addPortMappingsBuilder()
                    .setProtocolValue(77)
                    .setHostPort(80)
                    .setContainerPort(80)))
        .hasMessage("config.port_mappings.protocol has an unknown value");
  }
}
