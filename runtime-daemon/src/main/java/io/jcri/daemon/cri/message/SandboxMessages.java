package io.jcri.daemon.cri.message;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.jcri.cri.v1.DNSConfig;
import io.jcri.cri.v1.LinuxPodSandboxConfig;
import io.jcri.cri.v1.LinuxSandboxSecurityContext;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PortMapping;
import io.jcri.cri.v1.Protocol;
import io.jcri.daemon.pod.DnsConfig;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.sandbox.SandboxState;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What containerd's sandbox API tells the shim of a pod, {@code
 * containerd.runtime.sandbox.v1.CreateSandboxRequest}.
 */
public final class SandboxMessages {
  /** How containerd names the type of the options; Kata's shim takes no other. */
  private static final String CONFIG_TYPE = "runtime.v1.PodSandboxConfig";

  private static final int OPTIONS = 4;
  private static final int NETNS_PATH = 5;
  private static final int ANNOTATIONS = 6;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private SandboxMessages() {}

  /** As {@code SandboxRequest} has it; a pod in the node's network has no path of a namespace. */
  public static byte[] request(
      Pod pod, Map<String, String> passed, Map<String, String> annotations) {
    Any config =
        Any.newBuilder()
            .setTypeUrl(CONFIG_TYPE)
            .setValue(config(pod.config(), passed).toByteString())
            .build();
    UnknownFieldSet.Builder request =
        UnknownFieldSet.newBuilder().addField(OPTIONS, block(config.toByteString()));
    Optional<Path> network = pod.sandbox().flatMap(SandboxState::netns);
    network.ifPresent(path -> request.addField(NETNS_PATH, text(path.toString())));
    UnknownFieldSet.Field.Builder entries = UnknownFieldSet.Field.newBuilder();
    annotations.forEach((key, value) -> entries.addLengthDelimited(entry(key, value)));
    request.addField(ANNOTATIONS, entries.build());
    return request.build().toByteArray();
  }

  private static UnknownFieldSet.Field block(ByteString bytes) {
    return UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes).build();
  }

  private static UnknownFieldSet.Field text(String text) {
    return block(ByteString.copyFromUtf8(text));
  }

  private static ByteString entry(String key, String value) {
    return UnknownFieldSet.newBuilder()
        .addField(KEY, text(key))
        .addField(VALUE, text(value))
        .build()
        .toByteString();
  }

  /** A pod's configuration as the kubelet has told it, but for annotations that are not passed. */
  private static PodSandboxConfig config(PodConfig pod, Map<String, String> annotations) {
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(PodMessages.metadata(pod.metadata()))
            .setHostname(pod.hostname())
            .setLogDirectory(pod.logDirectory())
            .setDnsConfig(dns(pod.dns()))
            .putAllLabels(pod.labels())
            .putAllAnnotations(annotations)
            .setLinux(linux(pod));
    pod.portMappings().forEach(mapping -> config.addPortMappings(port(mapping)));
    return config.build();
  }

  private static DNSConfig dns(DnsConfig dns) {
    return DNSConfig.newBuilder()
        .addAllServers(dns.servers())
        .addAllSearches(dns.searches())
        .addAllOptions(dns.options())
        .build();
  }

  private static PortMapping port(io.jcri.cni.PortMapping mapping) {
    return PortMapping.newBuilder()
        .setHostPort(mapping.hostPort())
        .setContainerPort(mapping.containerPort())
        .setProtocol(Protocol.valueOf(mapping.protocol().toUpperCase(Locale.ROOT)))
        .setHostIp(mapping.hostIp())
        .build();
  }

  private static LinuxPodSandboxConfig linux(PodConfig pod) {
    LinuxSandboxSecurityContext.Builder security =
        LinuxSandboxSecurityContext.newBuilder()
            .setNamespaceOptions(PodMessages.options(pod.namespaces()))
            .setPrivileged(pod.privileged());
    pod.selinux().ifPresent(label -> security.setSelinuxOptions(SelinuxFields.message(label)));
    LinuxPodSandboxConfig.Builder linux =
        LinuxPodSandboxConfig.newBuilder()
            .setCgroupParent(pod.cgroupParent())
            .setSecurityContext(security)
            .putAllSysctls(pod.sysctls());
    pod.resources()
        .ifPresent(resources ->
            linux
                .setOverhead(Resources.message(resources.overhead(), 0))
                .setResources(Resources.message(resources.total(), 0)));
    return linux.build();
  }
}
