package io.jcri.daemon.cri.message;

import io.jcri.cri.v1.Signal;

/**
 * CRI's signal names ({@code SIGNAL_SIGRTMINPLUS3}) beside everybody else's ({@code SIGRTMIN+3}).
 */
public final class Signals {
  private static final String PREFIX = "SIGNAL_";

  private Signals() {}

  public static String name(Signal signal) {
    return signal.name().substring(PREFIX.length()).replace("PLUS", "+").replace("MINUS", "-");
  }

  /** The enum value, or the runtime's default when CRI has none for this signal. */
  static Signal of(String name) {
    try {
      return Signal.valueOf(PREFIX + name.replace("+", "PLUS").replace("-", "MINUS"));
    } catch (IllegalArgumentException e) {
      return Signal.SIGNAL_RUNTIME_DEFAULT;
    }
  }
}
