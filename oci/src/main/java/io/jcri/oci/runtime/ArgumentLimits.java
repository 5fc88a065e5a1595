package io.jcri.oci.runtime;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What execve(2) takes: a program that asks for more could never be started. */
public final class ArgumentLimits {
  /** MAX_ARG_STRLEN with its NUL: one argument or one variable. */
  public static final int ONE = 128 << 10;

  /** All of them with a pointer each: three quarters of the kernel's _STK_LIM, whatever rlimits. */
  public static final int ALL = 6 << 20;

  private static final int POINTER = 8;

  private ArgumentLimits() {}

  /**
   * Holds a program's arguments and environment against the limits.
   *
   * @param what the fields that the arguments come from, for messages
   * @throws OciException INVALID naming the argument or variable
   */
  public static void check(String what, List<String> arguments, List<String> environment) {
    long all = 0;
    for (int i = 0; i < arguments.size(); i++) {
      all += size(arguments.get(i), what + ": argument " + i);
    }
    for (String variable : environment) {
      int end = variable.indexOf('=');
      String name = end < 0 ? variable : variable.substring(0, end);
      all += size(variable, "config.envs: " + name.substring(0, Math.min(64, name.length())));
    }
    if (all > ALL) {
      throw new OciException(
          Kind.INVALID,
          "%s and config.envs have %d bytes together, the kernel takes %d"
              .formatted(what, all, ALL));
    }
  }

  private static long size(String text, String where) {
    long bytes = text.getBytes(StandardCharsets.UTF_8).length + 1L;
    if (bytes > ONE) {
      throw new OciException(
          Kind.INVALID,
          "%s has %d bytes, the kernel takes %d".formatted(where, bytes - 1, ONE - 1));
    }
    return bytes + POINTER;
  }
}
