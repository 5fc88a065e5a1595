package io.jcri.sandbox.linux;

/**
 * How a process ended.
 *
 * @param exitCode as it gave it, or 128 + signal
 * @param signal that ended it, or 0
 */
public record WaitStatus(int exitCode, int signal) {
  /** Reads the status word of wait4(2). */
  static WaitStatus of(int word) {
    int signal = word & 0x7F;
    return signal == 0 ? new WaitStatus(word >> 8 & 0xFF, 0) : new WaitStatus(128 + signal, signal);
  }
}
