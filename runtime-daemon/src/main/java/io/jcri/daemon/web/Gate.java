package io.jcri.daemon.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who may ask for what. Any user of the node can connect to a loopback address, and so can any web
 * page that a browser on it shows: therefore there is a token, and only names that cannot be a
 * stranger's are answered (DNS rebinding). A tunnel may end at another port, so the port is free.
 *
 * @param token that who asks for the node's state must know
 * @param remote whether addresses other than loopback ones are meant as well
 */
record Gate(String token, boolean remote) {
  private static final int TOKEN_BYTES = 16;
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]]+)(?::[0-9]{1,5})?");
  private static final Pattern LOOPBACK =
      Pattern.compile("(?i:localhost)|127(\\.[0-9]{1,3}){3}|\\[::1]");

  /** A name can be made to lead anywhere, an address can't. */
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]+]");

  /** With a token that nobody guesses. */
  static Gate open(boolean remote) {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    return new Gate(HexFormat.of().formatHex(random), remote);
  }

  /** Why there is no answer. */
  record Refusal(int status, String why) {}

  /**
   * Whether a request may be answered at all.
   *
   * @param hosts of its Host headers
   */
  Optional<Refusal> refuse(String method, List<String> hosts) {
    if (hosts.size() != 1 || !knows(hosts.getFirst())) {
      return Optional.of(new Refusal(403, "jcri web is not served under this name"));
    }
    return method.equals("GET") || method.equals("HEAD")
        ? Optional.empty()
        : Optional.of(new Refusal(405, "jcri web can only be read"));
  }

  private boolean knows(String host) {
    var parts = HOST.matcher(host);
    return parts.matches()
        && (LOOPBACK.matcher(parts.group(1)).matches()
            || (remote && ADDRESS.matcher(parts.group(1)).matches()));
  }

  /** Whether who asks has shown the token, by these Authorization headers. */
  boolean admits(List<String> authorizations) {
    return authorizations.size() == 1
        && MessageDigest.isEqual(
            authorizations.getFirst().getBytes(StandardCharsets.UTF_8),
            ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Gate";
  }
}
