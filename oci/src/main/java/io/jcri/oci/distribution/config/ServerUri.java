package io.jcri.oci.distribution.config;

import java.io.ByteArrayOutputStream;
import java.net.IDN;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the URLs that servers send. They hold characters that RFC 3986 forbids and that {@link URI}
 * therefore refuses, in signed queries above all. What it refuses is percent-encoded, each byte as
 * it came; all else stays as it is, neither normalised nor encoded anew, since signatures are made
 * over it.
 */
public final class ServerUri {

  /** A redirect's signed query has some 2 KiB. */
  private static final int MAX_BYTES = 32 << 10;

  private static final Pattern ABSOLUTE =
      Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?<authority>[^/?#]*)(?<rest>.*)");
  private static final Pattern AUTHORITY =
      Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+\\]|[^:\\[\\]]+)(?::(?<port>[0-9]{0,5}))?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final String UNRESERVED = "-._~!$&'()*+,;=:@/";

  private ServerUri() {}

  /**
   * An absolute URL of a header, whose characters stand for one byte each.
   *
   * @return empty when it is none of http or https, has a user or no host, or holds control
   *     characters
   */
  public static Optional<URI> ofHeader(String value) {
    return of(value.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The same of a text, such as JSON. */
  public static Optional<URI> ofText(String value) {
    return of(value.getBytes(StandardCharsets.UTF_8));
  }

  /** A {@code Location}, which may be relative to where it was said. */
  public static Optional<URI> resolve(URI from, String header) {
    String to = header.strip();
    if (ABSOLUTE.matcher(to).matches()) {
      return ofHeader(to);
    }
    if (to.matches("[A-Za-z][A-Za-z0-9+.-]*:[^/].*|[A-Za-z][A-Za-z0-9+.-]*:/[^/].*")) {
      return Optional.empty();
    }
    if (to.startsWith("//")) {
      return ofHeader(from.getScheme() + ":" + to);
    }
    String path = from.getRawPath().isEmpty() ? "/" : from.getRawPath();
    String origin = from.getScheme() + "://" + from.getRawAuthority();
    if (to.startsWith("/")) {
      return ofHeader(origin + to);
    }
    if (to.isEmpty() || to.startsWith("#")) {
      return Optional.of(from);
    }
    if (to.startsWith("?")) {
      return ofHeader(origin + path + to);
    }
    // Only here are the dots of a path the client's to resolve.
    return ofHeader(origin + path.substring(0, path.lastIndexOf('/') + 1) + to)
        .map(URI::normalize)
        .filter(uri -> !uri.getRawPath().startsWith("/.."));
  }

  /**
   * Whether Java's client cannot be told this host's name: it takes letters, digits, hyphens and
   * dots alone.
   */
  public static boolean isUnusableHost(URI uri) {
    return uri.getHost() == null;
  }

  /** The host without its port, also where {@link URI#getHost} knows none. */
  public static String host(URI uri) {
    String authority = uri.getRawAuthority();
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }

  private static Optional<URI> of(byte[] bytes) {
    // One character a byte from here on.
    String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
    Matcher url = ABSOLUTE.matcher(text);
    if (text.length() > MAX_BYTES
        || text.chars().anyMatch(c -> c < ' ' || c == 0x7f)
        || !url.matches()) {
      return Optional.empty();
    }
    String scheme = url.group("scheme").toLowerCase(Locale.ROOT);
    Optional<String> authority = authority(url.group("authority"));
    if (authority.isEmpty() || !(scheme.equals("https") || scheme.equals("http"))) {
      return Optional.empty();
    }
    String rest = url.group("rest");
    int fragment = rest.indexOf('#');
    rest = fragment < 0 ? rest : rest.substring(0, fragment);
    int query = rest.indexOf('?');
    String path = query < 0 ? rest : rest.substring(0, query);
    String encoded =
        encode(path, "") + (query < 0 ? "" : "?" + encode(rest.substring(query + 1), "?[]"));
    try {
      return Optional.of(URI.create(scheme + "://" + authority.get() + encoded));
    } catch (IllegalArgumentException e) {
      // Between brackets only an address of IPv6 can be meant.
      return Optional.empty();
    }
  }

  private static Optional<String> authority(String text) {
    Matcher parts = AUTHORITY.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String host = parts.group("host");
    if (!host.startsWith("[") && !NAME.matcher(host).matches()) {
      try {
        byte[] bytes = host.getBytes(StandardCharsets.ISO_8859_1);
        host = IDN.toASCII(new String(bytes, StandardCharsets.UTF_8), IDN.ALLOW_UNASSIGNED);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
      if (!NAME.matcher(host).matches()) {
        return Optional.empty();
      }
    }
    String port = parts.group("port");
    if (port == null || port.isEmpty()) {
      return Optional.of(host);
    }
    return Integer.parseInt(port) > 65535 ? Optional.empty() : Optional.of(host + ":" + port);
  }

  private static String encode(String bytes, String also) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length() + 16);
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      boolean escape =
          c == '%'
              && i + 2 < bytes.length()
              && isHex(bytes.charAt(i + 1))
              && isHex(bytes.charAt(i + 2));
      boolean plain = c < 0x80 && Character.isLetterOrDigit(c);
      if (plain || escape || UNRESERVED.indexOf(c) >= 0 || also.indexOf(c) >= 0) {
        out.write(c);
      } else {
        out.writeBytes("%%%02X".formatted((int) c).getBytes(StandardCharsets.US_ASCII));
      }
    }
    return out.toString(StandardCharsets.US_ASCII);
  }

  private static boolean isHex(char c) {
    return Character.digit(c, 16) >= 0 && c < 0x80;
  }
}
