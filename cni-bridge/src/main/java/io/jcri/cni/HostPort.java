package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jcri.cni.CniException.Reason;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A port of the node that is to lead to a pod.
 *
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param hostIp the address on the node; empty means all of both families, {@code 0.0.0.0} and
 *     {@code ::} all of one
 */
record HostPort(int port, int containerPort, String protocol, Optional<InetAddress> hostIp) {
  private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");

  /**
   * Those that ask for a port of the node, each once.
   *
   * @throws CniException one can't be a port, or a port is asked for twice (reason INVALID)
   */
  static List<HostPort> of(List<PortMapping> mappings) throws CniException {
    List<HostPort> ports = new ArrayList<>();
    for (PortMapping mapping : mappings) {
      if (mapping.hostPort() > 0) {
        HostPort port = of(mapping);
        for (HostPort other : ports) {
          if (!other.equals(port) && other.clashes(port)) {
            throw new CniException(
                Reason.INVALID, "host port %s is asked for twice".formatted(port.text()));
          }
        }
        if (!ports.contains(port)) {
          ports.add(port);
        }
      }
    }
    return ports;
  }

  private static HostPort of(PortMapping mapping) throws CniException {
    String protocol = mapping.protocol().toLowerCase(Locale.ROOT);
    if (!PROTOCOLS.contains(protocol)
        || !isPort(mapping.hostPort())
        || !isPort(mapping.containerPort())) {
      throw new CniException(Reason.INVALID, "no host port: " + mapping);
    }
    // A scope would be the interface's, which says no more than the address that the node has
    // there.
    if (mapping.hostIp().contains("%")) {
      throw new CniException(Reason.INVALID, "no address of a host port: " + mapping.hostIp());
    }
    try {
      Optional<InetAddress> hostIp =
          mapping.hostIp().isEmpty()
              ? Optional.empty()
              : Optional.of(InetAddress.ofLiteral(mapping.hostIp()));
      return new HostPort(mapping.hostPort(), mapping.containerPort(), protocol, hostIp);
    } catch (IllegalArgumentException e) {
      throw new CniException(Reason.INVALID, "no address of a host port: " + mapping.hostIp());
    }
  }

  private static boolean isPort(int number) {
    return number > 0 && number <= 0xffff;
  }

  /** Whether it is one of all addresses that the node has of a family. */
  boolean everywhere() {
    return hostIp.map(InetAddress::isAnyLocalAddress).orElse(true);
  }

  /** Whether it is one of addresses of this family. */
  boolean in(boolean ipv6) {
    return hostIp.map(ip -> ip instanceof Inet6Address == ipv6).orElse(true);
  }

  /**
   * Whether one packet could be meant for both with none of them nearer: that of one address comes
   * before that of all.
   */
  boolean clashes(HostPort other) {
    if (port != other.port || !protocol.equals(other.protocol)) {
      return false;
    }
    return (everywhere() && other.everywhere())
        ? (in(false) && other.in(false)) || (in(true) && other.in(true))
        : hostIp.equals(other.hostIp);
  }

  /** For people. */
  String text() {
    return hostIp
        .map(ip ->
            ip instanceof Inet6Address
                ? "[%s]:%d/%s".formatted(ip.getHostAddress(), port, protocol)
                : "%s:%d/%s".formatted(ip.getHostAddress(), port, protocol))
        .orElseGet(() -> "%d/%s".formatted(port, protocol));
  }

  /** As the capability {@code portMappings} has it. */
  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("hostPort", port);
    json.addProperty("containerPort", containerPort);
    json.addProperty("protocol", protocol);
    hostIp.ifPresent(ip -> json.addProperty("hostIP", ip.getHostAddress()));
    return json;
  }

  static JsonArray toJson(List<HostPort> ports) {
    JsonArray array = new JsonArray();
    ports.forEach(port -> array.add(port.toJson()));
    return array;
  }

  /**
   * What {@link #toJson(List)} wrote.
   *
   * @throws CniException it is something else
   */
  static List<HostPort> fromJson(List<JsonObject> array) throws CniException {
    List<PortMapping> mappings = new ArrayList<>();
    for (JsonObject json : array) {
      mappings.add(
          new PortMapping(
              Json.integer(json, "hostPort", -1),
              Json.integer(json, "containerPort", -1),
              Json.string(json, "protocol").orElse(""),
              Json.string(json, "hostIP").orElse("")));
    }
    return of(mappings);
  }
}
