package io.jcri.daemon.core;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Identifiers of pods and containers: 256 random bits as 64 hex digits, as the kubelet expects. */
public final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** A new identifier. Thread-safe. */
  public static String next() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** The first 12 digits, for logs. */
  public static String brief(String id) {
    return id.length() <= 12 ? id : id.substring(0, 12);
  }
}
