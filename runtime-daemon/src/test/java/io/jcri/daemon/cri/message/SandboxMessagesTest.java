package io.jcri.daemon.cri.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.jcri.cri.v1.DNSConfig;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.cri.v1.LinuxPodSandboxConfig;
import io.jcri.cri.v1.LinuxSandboxSecurityContext;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.NamespaceOption;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.PortMapping;
import io.jcri.cri.v1.Protocol;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.SELinuxOption;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.cri.pod.PodConfigs;
import io.jcri.daemon.pod.Pod;
import io.jcri.sandbox.SandboxState;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SandboxMessagesTest {
  private static final PodSandboxConfig ASKED =
      PodSandboxConfig.newBuilder()
          .setMetadata(
              PodSandboxMetadata.newBuilder()
                  .setName("n")
                  .setNamespace("ns")
                  .setUid("u")
                  .setAttempt(2))
          .setHostname("host")
          .setLogDirectory("/var/log/pods/n")
          .setDnsConfig(
              DNSConfig.newBuilder().addServers("10.0.0.1").addSearches("a.b").addOptions("x:1"))
          .addPortMappings(
              PortMapping.newBuilder()
                  .setHostPort(8080)
                  .setContainerPort(80)
                  .setProtocol(Protocol.UDP)
                  .setHostIp("127.0.0.1"))
          .putLabels("label", "1")
          .putAnnotations("passed", "2")
          .putAnnotations("kept", "3")
          .setLinux(
              LinuxPodSandboxConfig.newBuilder()
                  .setCgroupParent("/kubepods/n")
                  .setSecurityContext(
                      LinuxSandboxSecurityContext.newBuilder()
                          .setNamespaceOptions(
                              NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER))
                          .setSelinuxOptions(SELinuxOption.newBuilder().setLevel("s0:c1,c2"))
                          .setPrivileged(true))
                  .putSysctls("net.core.somaxconn", "7")
                  .setOverhead(LinuxContainerResources.newBuilder().setCpuShares(2))
                  .setResources(
                      LinuxContainerResources.newBuilder().setMemoryLimitInBytes(1 << 30)))
          .build();

  private static UnknownFieldSet request(PodSandboxConfig asked, Map<String, Object> more)
      throws InvalidProtocolBufferException {
    RunPodSandboxRequest request = RunPodSandboxRequest.newBuilder().setConfig(asked).build();
    Map<String, Object> said = new HashMap<>(more);
    said.put("id", "pod1");
    said.put("config", new PodConfigs("runc", Set.of("runc")).read(request));
    Pod pod = Samples.record(Pod.class, said);
    return UnknownFieldSet.parseFrom(
        SandboxMessages.request(pod, Map.of("passed", "2"), Map.of("a", "b")));
  }

  private static List<ByteString> blocks(UnknownFieldSet message, int field) {
    return message.getField(field).getLengthDelimitedList();
  }

  @Test
  void theOptionsAreWhatTheKubeletAskedForAndItsAnnotationsThoseThatArePassed() throws Exception {
    Any options = Any.parseFrom(blocks(request(ASKED, Map.of()), 4).getFirst());
    assertThat(options.getTypeUrl()).isEqualTo("runtime.v1.PodSandboxConfig");
    assertThat(PodSandboxConfig.parseFrom(options.getValue()))
        .isEqualTo(ASKED.toBuilder().removeAnnotations("kept").build());
  }

  @Test
  void thePathOfTheNetworkAndTheAnnotationsAreTold() throws Exception {
    SandboxState sandbox =
        Samples.record(SandboxState.class, Map.of("netns", Optional.of(Path.of("/ns/net"))));
    UnknownFieldSet request = request(ASKED, Map.of("sandbox", Optional.of(sandbox)));
    assertThat(blocks(request, 5)).extracting(ByteString::toStringUtf8).containsExactly("/ns/net");
    UnknownFieldSet entry = UnknownFieldSet.parseFrom(blocks(request, 6).getFirst());
    assertThat(blocks(entry, 1)).extracting(ByteString::toStringUtf8).containsExactly("a");
    assertThat(blocks(entry, 2)).extracting(ByteString::toStringUtf8).containsExactly("b");
    assertThat(request.asMap().keySet()).as("the rest is jcri-task's").containsExactly(4, 5, 6);
  }

  @Test
  void aPodInTheNodesNetworkHasNoPath() throws Exception {
    assertThat(request(ASKED, Map.of()).hasField(5)).isFalse();
  }
}
