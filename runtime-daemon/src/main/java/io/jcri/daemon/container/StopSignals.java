package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import java.util.List;
import java.util.Locale;

/**
 * Signal numbers by the names that images and CRI use: {@code SIGTERM}, {@code TERM}, {@code 15},
 * {@code SIGRTMIN+3}, {@code SIGRTMAX-1}. Numbers are those of Linux on x86 and ARM.
 */
final class StopSignals {
  private static final int RTMIN = 34;
  private static final int RTMAX = 64;

  /** By number, from 1. */
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private StopSignals() {}

  /**
   * The number of a signal.
   *
   * @throws JcriException INVALID for what is no signal
   */
  static int number(String signal) {
    String name = signal.toUpperCase(Locale.ROOT);
    name = name.startsWith("SIG") ? name.substring(3) : name;
    int number =
        switch (name) {
          case "IOT" -> 6;
          case "CLD" -> 17;
          case "POLL" -> 29;
          case "RTMIN" -> RTMIN;
          case "RTMAX" -> RTMAX;
          default -> byRule(name);
        };
    if (number < 1 || number > RTMAX) {
      throw JcriException.invalid("stop signal " + signal + " is unknown");
    }
    return number;
  }

  /** As {@link #number}, but SIGTERM for what no signal is: a record must not keep it running. */
  static int numberOrTerm(String signal) {
    try {
      return number(signal);
    } catch (JcriException e) {
      return number("TERM");
    }
  }

  private static int byRule(String name) {
    if (name.startsWith("RTMIN+")) {
      return RTMIN + decimal(name.substring("RTMIN+".length()));
    }
    if (name.startsWith("RTMAX-")) {
      return RTMAX - decimal(name.substring("RTMAX-".length()));
    }
    int index = NAMES.indexOf(name);
    return index >= 0 ? index + 1 : decimal(name);
  }

  /** Far out of range for anything that is no small number. */
  private static int decimal(String digits) {
    return digits.matches("[0-9]{1,2}") ? Integer.parseInt(digits) : Integer.MIN_VALUE / 2;
  }
}
