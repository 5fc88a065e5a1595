package io.jcri.daemon.cri.tracing;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A place in a trace, as W3C's Trace Context has it. Immutable.
 *
 * @param traceId 16 bytes as hex digits, not all 0
 * @param spanId 8 bytes as hex digits, not all 0
 * @param flags of which the lowest bit says that it is recorded
 * @param state what vendors want to be handed on
 */
record TraceContext(String traceId, String spanId, int flags, String state) {
  private static final HexFormat HEX = HexFormat.of();
  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;
  private static final int SAMPLED = 1;

  // 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
  private static final int LENGTH = 55;
  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int FLAGS = 53;

  /** W3C's limit for what must be handed on. */
  private static final int LONGEST_STATE = 512;

  /**
   * Reads a caller's header; empty when it is none, by the rules for versions to come too.
   *
   * @param state that came beside it; one that is too long is left out
   */
  static Optional<TraceContext> parse(String parent, String state) {
    if (parent.length() < LENGTH
        || parent.charAt(2) != '-'
        || parent.charAt(SPAN_ID - 1) != '-'
        || parent.charAt(FLAGS - 1) != '-') {
      return Optional.empty();
    }
    String version = parent.substring(0, 2);
    boolean longer = parent.length() > LENGTH;
    if (!isHex(version)
        || version.equals("ff")
        || (longer && (version.equals("00") || parent.charAt(LENGTH) != '-'))) {
      return Optional.empty();
    }
    String traceId = parent.substring(TRACE_ID, SPAN_ID - 1);
    String spanId = parent.substring(SPAN_ID, FLAGS - 1);
    String flags = parent.substring(FLAGS, LENGTH);
    return isId(traceId) && isId(spanId) && isHex(flags)
        ? Optional.of(
            new TraceContext(
                traceId,
                spanId,
                HexFormat.fromHexDigits(flags),
                state.length() <= LONGEST_STATE ? state : ""))
        : Optional.empty();
  }

  private static boolean isId(String text) {
    return isHex(text) && text.chars().anyMatch(c -> c != '0');
  }

  /** W3C allows small letters only. */
  private static boolean isHex(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** The first place of a new trace that is recorded. */
  static TraceContext fresh() {
    return new TraceContext(randomId(TRACE_ID_BYTES), randomId(SPAN_ID_BYTES), SAMPLED, "");
  }

  /** A place below this one. */
  TraceContext child() {
    return new TraceContext(traceId, randomId(SPAN_ID_BYTES), flags, state);
  }

  /** The same, and those below are told that it is recorded. */
  TraceContext recorded() {
    return new TraceContext(traceId, spanId, flags | SAMPLED, state);
  }

  boolean sampled() {
    return (flags & SAMPLED) != 0;
  }

  private static String randomId(int bytes) {
    byte[] id = new byte[bytes];
    do {
      ThreadLocalRandom.current().nextBytes(id);
    } while (isZero(id));
    return HEX.formatHex(id);
  }

  private static boolean isZero(byte[] bytes) {
    for (byte one : bytes) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }
}
