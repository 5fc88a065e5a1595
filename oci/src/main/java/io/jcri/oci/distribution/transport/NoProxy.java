package io.jcri.oci.distribution.transport;

import java.net.IDN;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts {@code NO_PROXY} excepts, by the rules of Go's {@code httpproxy}: {@code *};
 * addresses and networks in CIDR notation; {@code domain} with all below it, {@code .domain} and
 * {@code *.domain} for those below it alone; a port behind an address or a domain. Names are not
 * resolved. What cannot be read is skipped.
 */
final class NoProxy {

  /** One entry. */
  private interface Entry {
    boolean matches(String host, int port, @Nullable InetAddress address);
  }

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern PORT =
      Pattern.compile("(?<host>\\[[^\\]]*\\]|[^:\\[\\]]*):(?<port>[0-9]*)");

  private final List<Entry> entries = new ArrayList<>();

  NoProxy(String list) {
    for (String entry : list.split(",", -1)) {
      String text = entry.strip().toLowerCase(Locale.ROOT);
      if (text.equals("*")) {
        entries.clear();
        entries.add((host, port, address) -> true);
        return;
      }
      if (!text.isEmpty()) {
        read(text).ifPresent(entries::add);
      }
    }
  }

  /**
   * Whether a host is reached directly: what is excepted, and always loopback.
   *
   * @param host a name, or an address without brackets
   */
  boolean excepts(String host, int port) {
    String name = ascii(host.strip().toLowerCase(Locale.ROOT));
    Optional<InetAddress> address = address(withoutZone(name));
    if (name.equals("localhost") || address.filter(InetAddress::isLoopbackAddress).isPresent()) {
      return true;
    }
    return entries.stream().anyMatch(entry -> entry.matches(name, port, address.orElse(null)));
  }

  private static Optional<Entry> read(String text) {
    int slash = text.indexOf('/');
    if (slash > 0) {
      Optional<Entry> network = network(text.substring(0, slash), text.substring(slash + 1));
      if (network.isPresent()) {
        return network;
      }
    }
    Matcher parts = PORT.matcher(text);
    boolean hasPort = parts.matches();
    String host = hasPort ? parts.group("host") : text;
    String port = hasPort ? parts.group("port") : "";
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    Optional<InetAddress> literal = address(host);
    if (literal.isPresent()) {
      return Optional.of((name, at, address) -> literal.get().equals(address) && isPort(port, at));
    }
    String domain = host.startsWith("*.") ? host.substring(1) : host;
    if (domain.isEmpty()) {
      return Optional.empty();
    }
    boolean itself = !domain.startsWith(".");
    String exact = itself ? ascii(domain) : "";
    String suffix = itself ? "." + exact : "." + ascii(domain.substring(1));
    return Optional.of((name, at, address) ->
        address == null
            && (name.endsWith(suffix) || (itself && name.equals(exact)))
            && isPort(port, at));
  }

  private static Optional<Entry> network(String text, String length) {
    Optional<InetAddress> base = address(text);
    if (base.isEmpty() || !length.matches("[0-9]{1,3}")) {
      return Optional.empty();
    }
    byte[] wanted = base.get().getAddress();
    int bits = Integer.parseInt(length);
    if (bits > wanted.length * 8) {
      return Optional.empty();
    }
    return Optional.of(
        (name, at, address) -> address != null && samePrefix(wanted, address.getAddress(), bits));
  }

  private static boolean samePrefix(byte[] one, byte[] other, int bits) {
    int whole = bits / 8;
    if (one.length != other.length || Arrays.mismatch(one, 0, whole, other, 0, whole) >= 0) {
      return false;
    }
    int rest = bits % 8;
    return rest == 0 || (one[whole] & 0xff) >> (8 - rest) == (other[whole] & 0xff) >> (8 - rest);
  }

  private static boolean isPort(String wanted, int port) {
    return wanted.isEmpty() || wanted.equals(String.valueOf(port));
  }

  /** Only literals: nothing is looked up. */
  private static Optional<InetAddress> address(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String withoutZone(String name) {
    int percent = name.indexOf('%');
    return percent < 0 ? name : name.substring(0, percent);
  }

  private static String ascii(String name) {
    if (name.chars().allMatch(c -> c < 0x80)) {
      return name;
    }
    try {
      return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }
}
