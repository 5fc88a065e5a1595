package io.jcri.daemon.cri.pod;

import static io.jcri.daemon.core.JcriException.invalid;

import io.jcri.cni.PortMapping;
import io.jcri.cri.v1.DNSConfig;
import io.jcri.cri.v1.LinuxPodSandboxConfig;
import io.jcri.cri.v1.LinuxSandboxSecurityContext;
import io.jcri.cri.v1.NamespaceOption;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.Protocol;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.daemon.cri.call.Texts;
import io.jcri.daemon.cri.message.Resources;
import io.jcri.daemon.cri.message.SelinuxFields;
import io.jcri.daemon.pod.Bandwidths;
import io.jcri.daemon.pod.DnsConfig;
import io.jcri.daemon.pod.HostName;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.NamespaceOptions;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.pod.PodMetadata;
import io.jcri.daemon.pod.PodResources;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads and checks a pod's configuration: whatever is refused is refused here, by field name; only
 * sysctls are left to the sandbox helper, which knows what the kernel has in which namespace.
 */
public final class PodConfigs {
  private static final int MAX_HOSTNAME = 64;

  private final String defaultHandler;
  private final Set<String> handlers;

  /**
   * What requests are checked against.
   *
   * @param handlers the names that {@code runtime_handler} may have
   */
  public PodConfigs(String defaultHandler, Set<String> handlers) {
    this.defaultHandler = defaultHandler;
    this.handlers = handlers;
  }

  public PodConfig read(RunPodSandboxRequest request) {
    if (!request.hasConfig()) {
      throw invalid("config is missing");
    }
    PodSandboxConfig config = request.getConfig();
    LinuxPodSandboxConfig linux = config.getLinux();
    LinuxSandboxSecurityContext security = linux.getSecurityContext();
    NamespaceOptions namespaces =
        namespaces(security.getNamespaceOptions(), "linux.security_context.namespace_options");
    return new PodConfig(
        metadata(config),
        hostname(config.getHostname(), namespaces),
        config.getLogDirectory(),
        dns(config.getDnsConfig()),
        portMappings(config, namespaces),
        config.getLabelsMap(),
        annotations(config, namespaces),
        Texts.cgroupParent(linux.getCgroupParent(), "config.linux.cgroup_parent"),
        linux.getSysctlsMap(),
        namespaces,
        security.getPrivileged(),
        handler(request.getRuntimeHandler()),
        Optional.of(request.getRuntimeHandler()),
        resources(linux),
        SelinuxFields.read(
            security.getSelinuxOptions(), "config.linux.security_context.selinux_options"));
  }

  private static Optional<PodResources> resources(LinuxPodSandboxConfig linux) {
    if (!linux.hasOverhead() && !linux.hasResources()) {
      return Optional.empty();
    }
    return Optional.of(
        new PodResources(
            Resources.read(linux.getOverhead(), "config.linux.overhead."),
            Resources.read(linux.getResources(), Resources.FIELD)));
  }

  private static PodMetadata metadata(PodSandboxConfig config) {
    PodSandboxMetadata metadata = config.getMetadata();
    return new PodMetadata(
        Texts.named(metadata.getName(), "config.metadata.name"),
        Texts.named(metadata.getNamespace(), "config.metadata.namespace"),
        Texts.named(metadata.getUid(), "config.metadata.uid"),
        metadata.getAttempt());
  }

  private static String hostname(String hostname, NamespaceOptions namespaces) {
    if (hostname.getBytes(StandardCharsets.UTF_8).length > MAX_HOSTNAME) {
      throw invalid("config.hostname is longer than the kernel's 64 bytes: " + hostname);
    }
    if (hostname.chars().anyMatch(c -> c <= ' ' || c == '/' || c == 0x7f)) {
      throw invalid("config.hostname has a character that no host name may have: " + hostname);
    }
    if (namespaces.network() != NamespaceMode.NODE) {
      return hostname;
    }
    // The UTS namespace is the node's too, where a name of the pod's own could not be set.
    if (!hostname.isEmpty() && !hostname.equals(HostName.ofNode())) {
      throw invalid(
          "config.hostname is %s but a pod on the node's network has the node's name, %s"
              .formatted(hostname, HostName.ofNode()));
    }
    return "";
  }

  private String handler(String handler) {
    if (handler.isEmpty()) {
      return defaultHandler;
    }
    if (!handlers.contains(handler)) {
      throw invalid(
          "runtime_handler %s is unknown: this node has %s"
              .formatted(handler, new TreeSet<>(handlers)));
    }
    return handler;
  }

  private static DnsConfig dns(DNSConfig dns) {
    for (List<String> lines :
        List.of(dns.getServersList(), dns.getSearchesList(), dns.getOptionsList())) {
      for (String text : lines) {
        if (text.indexOf('\n') >= 0) {
          throw invalid("config.dns_config must not have line breaks");
        }
      }
    }
    return new DnsConfig(dns.getServersList(), dns.getSearchesList(), dns.getOptionsList());
  }

  /** What they say of bandwidth must be good: a pod is made with it, and unmade with it again. */
  private static Map<String, String> annotations(
      PodSandboxConfig config, NamespaceOptions namespaces) {
    if (namespaces.network() != NamespaceMode.NODE) {
      Bandwidths.check(config.getAnnotationsMap());
    }
    return config.getAnnotationsMap();
  }

  /** A mapping with no host port asks for nothing. */
  private static List<PortMapping> portMappings(
      PodSandboxConfig config, NamespaceOptions namespaces) {
    List<PortMapping> mappings = new ArrayList<>();
    if (namespaces.network() == NamespaceMode.NODE) {
      return mappings;
    }
    for (io.jcri.cri.v1.PortMapping mapping : config.getPortMappingsList()) {
      if (mapping.getHostPort() == 0) {
        continue;
      }
      port("config.port_mappings.host_port", mapping.getHostPort());
      port("config.port_mappings.container_port", mapping.getContainerPort());
      hostIp(mapping.getHostIp());
      mappings.add(
          new PortMapping(
              mapping.getHostPort(),
              mapping.getContainerPort(),
              protocol(mapping.getProtocol()),
              mapping.getHostIp()));
    }
    return mappings;
  }

  private static String protocol(Protocol protocol) {
    if (protocol == Protocol.UNRECOGNIZED) {
      throw invalid("config.port_mappings.protocol has an unknown value");
    }
    return protocol.name().toLowerCase(Locale.ROOT);
  }

  private static void port(String field, int port) {
    if (port < 1 || port > 65535) {
      throw invalid(field + " is " + port + ", which is no port");
    }
  }

  private static void hostIp(String address) {
    if (!address.isEmpty() && !isAddress(address)) {
      throw invalid("config.port_mappings.host_ip is " + address + ", which is no IP address");
    }
  }

  /** One with a scope is none of the node's own: the kubelet never sends it. */
  private static boolean isAddress(String text) {
    try {
      return text.indexOf('%') < 0 && !InetAddress.ofLiteral(text).getHostAddress().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Reads which namespaces are shared.
   *
   * @param field where the option stands, for messages
   */
  public static NamespaceOptions namespaces(NamespaceOption option, String field) {
    return new NamespaceOptions(
        mode(option.getNetwork(), field + ".network"),
        mode(option.getPid(), field + ".pid"),
        mode(option.getIpc(), field + ".ipc"),
        option.getTargetId(),
        UserNamespaces.read(option, field + ".userns_options"));
  }

  private static NamespaceMode mode(io.jcri.cri.v1.NamespaceMode mode, String field) {
    return switch (mode) {
      case POD -> NamespaceMode.POD;
      case CONTAINER -> NamespaceMode.CONTAINER;
      case NODE -> NamespaceMode.NODE;
      case TARGET -> NamespaceMode.TARGET;
      case UNRECOGNIZED -> throw invalid(field + " has an unknown value");
    };
  }

  /** Makes one line of an id map: first id inside, first id outside, how many. */
  @FunctionalInterface
  public interface MappingMaker<M> {
    M make(long containerId, long hostId, long size);
  }

  public static <M> List<M> mappings(
      List<io.jcri.cri.v1.IDMapping> mappings, String field, MappingMaker<M> maker) {
    List<M> read = new ArrayList<>();
    for (io.jcri.cri.v1.IDMapping mapping : mappings) {
      // uint32 on the wire, signed in Java
      long length = Integer.toUnsignedLong(mapping.getLength());
      if (length == 0) {
        throw invalid(field + " has a mapping of length 0");
      }
      read.add(
          maker.make(
              Integer.toUnsignedLong(mapping.getContainerId()),
              Integer.toUnsignedLong(mapping.getHostId()),
              length));
    }
    return read;
  }
}
