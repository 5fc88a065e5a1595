package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What plugins are told of one interface of one pod (libcni's RuntimeConf). The tree must not be
 * changed.
 *
 * @param netns path of the network namespace; empty when it is gone
 * @param args the pairs of {@code CNI_ARGS}, in order
 * @param capabilityArgs value by capability, only those that the pod uses
 * @param hostPorts what no plugin is told, since we lead these ports to the interface ourselves
 */
record Attachment(
    String containerId,
    String netns,
    String ifName,
    Map<String, String> args,
    JsonObject capabilityArgs,
    List<HostPort> hostPorts) {
  static final String PORT_MAPPINGS = "portMappings";

  /** containerd's and CRI-O's name for it. */
  private static final String POD_ANNOTATIONS = "io.kubernetes.cri.pod-annotations";

  static final Pattern CONTAINER_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.\\-]*");
  private static final Pattern IF_NAME = Pattern.compile("[^/:\\s]{1,15}");

  /** {@code CNI_ARGS} is one string of the environment, of which the kernel takes 128 KiB. */
  static final int MAX_ARGS = 64 << 10;

  Attachment {
    hostPorts = List.copyOf(hostPorts);
  }

  /** The attachment of {@code request} to the network at {@code index} of the pod's networks. */
  static Attachment of(PodNetworkRequest request, int index) throws CniException {
    Attachment attachment = unchecked(request, index);
    for (Map.Entry<String, String> arg : attachment.args().entrySet()) {
      if (!sayable(arg)) {
        throw new CniException(
            CniException.Reason.INVALID,
            "invalid network argument %s=%s".formatted(arg.getKey(), arg.getValue()));
      }
    }
    if (attachment.argsText().length() > MAX_ARGS) {
      throw new CniException(
          CniException.Reason.INVALID,
          "network arguments of sandbox %s are longer than %d characters"
              .formatted(request.sandboxId(), MAX_ARGS));
    }
    return attachment;
  }

  /**
   * As {@link #of}, for an attachment that is to be undone: with those arguments only that a plugin
   * can be told, so that no name that was once let in keeps DEL from running.
   */
  static Attachment toUndo(PodNetworkRequest request, int index) throws CniException {
    return unchecked(request, index).sayable();
  }

  private static Attachment unchecked(PodNetworkRequest request, int index) throws CniException {
    String ifName = interfaceName(request.interfaceName(), index);
    if (!CONTAINER_ID.matcher(request.sandboxId()).matches()) {
      throw new CniException(
          CniException.Reason.INVALID, "invalid sandbox id for a network: " + request.sandboxId());
    }
    if (!IF_NAME.matcher(ifName).matches() || ifName.equals(".") || ifName.equals("..")) {
      throw new CniException(CniException.Reason.INVALID, "invalid interface name: " + ifName);
    }
    Map<String, String> args = new LinkedHashMap<>();
    args.put("IgnoreUnknown", "1");
    args.put("K8S_POD_NAMESPACE", request.podNamespace());
    args.put("K8S_POD_NAME", request.podName());
    args.put("K8S_POD_INFRA_CONTAINER_ID", request.sandboxId());
    args.put("K8S_POD_UID", request.podUid());
    request.extraArgs().forEach(args::putIfAbsent);
    return new Attachment(
        request.sandboxId(),
        request.netns().map(Object::toString).orElse(""),
        ifName,
        args,
        capabilities(request),
        List.of());
  }

  /** CNI_ARGS has no quoting: a semicolon would inject further arguments. */
  private static boolean sayable(Map.Entry<String, String> arg) {
    String both = arg.getKey() + arg.getValue();
    return both.indexOf(';') < 0 && both.indexOf('\0') < 0 && arg.getKey().indexOf('=') < 0;
  }

  /** This without the arguments that no plugin can be told. */
  Attachment sayable() {
    Map<String, String> left = new LinkedHashMap<>(args);
    left.entrySet()
        .removeIf(arg -> !sayable(arg) || arg.getKey().length() + arg.getValue().length() > 4096);
    return left.equals(args)
        ? this
        : new Attachment(containerId, netns, ifName, left, capabilityArgs, hostPorts);
  }

  /**
   * With those capabilities only that a plugin of the network declares: the others would be kept on
   * disk with each pod's result, for nobody.
   */
  Attachment forNetwork(Network network) {
    JsonObject declared = new JsonObject();
    capabilityArgs.entrySet().stream()
        .filter(arg ->
            network.plugins().stream().anyMatch(p -> p.capabilities().contains(arg.getKey())))
        .forEach(arg -> declared.add(arg.getKey(), arg.getValue()));
    return new Attachment(containerId, netns, ifName, args, declared, hostPorts);
  }

  Attachment withNetns(String path) {
    return new Attachment(containerId, path, ifName, args, capabilityArgs, hostPorts);
  }

  Attachment withHostPorts(List<HostPort> ports) {
    return new Attachment(containerId, netns, ifName, args, capabilityArgs, ports);
  }

  /** {@code CNI_ARGS}. */
  String argsText() {
    return args.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(";"));
  }

  /** {@code eth0} with index 1 is {@code eth1}. */
  private static String interfaceName(String first, int index) {
    if (index == 0) {
      return first;
    }
    int end = first.length();
    while (end > 0 && Character.isDigit(first.charAt(end - 1))) {
      end--;
    }
    String digits = first.substring(end);
    int start = digits.isEmpty() || digits.length() > 6 ? 0 : Integer.parseInt(digits);
    return first.substring(0, end) + (start + index);
  }

  private static JsonObject capabilities(PodNetworkRequest request) {
    JsonObject args = new JsonObject();
    JsonArray ports = new JsonArray();
    for (PortMapping mapping : request.portMappings()) {
      if (mapping.hostPort() <= 0) {
        continue; // The pod states a port without asking for one on the node.
      }
      JsonObject port = new JsonObject();
      port.addProperty("hostPort", mapping.hostPort());
      port.addProperty("containerPort", mapping.containerPort());
      port.addProperty("protocol", mapping.protocol().toLowerCase(Locale.ROOT));
      if (!mapping.hostIp().isEmpty()) {
        port.addProperty("hostIP", mapping.hostIp());
      }
      ports.add(port);
    }
    if (!ports.isEmpty()) {
      args.add(PORT_MAPPINGS, ports);
    }
    request
        .bandwidth()
        .ifPresent(bandwidth -> {
          JsonObject limits = new JsonObject();
          limits.addProperty("ingressRate", bandwidth.ingressRate());
          limits.addProperty("ingressBurst", bandwidth.ingressBurst());
          limits.addProperty("egressRate", bandwidth.egressRate());
          limits.addProperty("egressBurst", bandwidth.egressBurst());
          args.add("bandwidth", limits);
        });
    if (!request.ipRanges().isEmpty()) {
      args.add("ipRanges", rangeSets(request.ipRanges()));
    }
    request
        .dns()
        .ifPresent(dns -> {
          JsonObject resolver = new JsonObject();
          resolver.add("servers", Json.array(dns.servers()));
          resolver.add("searches", Json.array(dns.searches()));
          resolver.add("options", Json.array(dns.options()));
          args.add("dns", resolver);
        });
    request.cgroupPath().ifPresent(path -> args.addProperty("cgroupPath", path));
    if (!request.annotations().isEmpty()) {
      JsonObject annotations = new JsonObject();
      new TreeMap<>(request.annotations()).forEach(annotations::addProperty);
      args.add(POD_ANNOTATIONS, annotations);
    }
    if (!request.aliases().isEmpty()) {
      args.add("aliases", Json.array(request.aliases()));
    }
    return args;
  }

  /** One address is given from each set, so a set holds the ranges of one family. */
  private static JsonArray rangeSets(List<IpRange> ranges) {
    JsonArray ipv4 = new JsonArray();
    JsonArray ipv6 = new JsonArray();
    for (IpRange range : ranges) {
      JsonObject json = new JsonObject();
      json.addProperty("subnet", range.subnet());
      addUnlessEmpty(json, "rangeStart", range.rangeStart());
      addUnlessEmpty(json, "rangeEnd", range.rangeEnd());
      addUnlessEmpty(json, "gateway", range.gateway());
      (range.subnet().contains(":") ? ipv6 : ipv4).add(json);
    }
    JsonArray sets = new JsonArray();
    List.of(ipv4, ipv6).stream().filter(set -> !set.isEmpty()).forEach(sets::add);
    return sets;
  }

  private static void addUnlessEmpty(JsonObject json, String key, String value) {
    if (!value.isEmpty()) {
      json.addProperty(key, value);
    }
  }
}
