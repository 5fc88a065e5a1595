package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * A system call filter as the runtime specification's {@code linux.seccomp} has it: already
 * resolved for one architecture and one set of capabilities.
 *
 * @param defaultAction such as {@code SCMP_ACT_ERRNO}
 * @param defaultErrno empty is EPERM, as is EPERM itself: saying so needs a newer specification
 * @param architectures {@code SCMP_ARCH_X86_64}, ...
 * @param flags {@code SECCOMP_FILTER_FLAG_LOG}, ...
 * @param listenerPath unix socket that gets the notify descriptor
 */
public record SeccompProfile(
    String defaultAction,
    @Placed("defaultErrnoRet") Optional<Integer> defaultErrno,
    List<String> architectures,
    List<String> flags,
    Optional<String> listenerPath,
    Optional<String> listenerMetadata,
    List<Rule> syscalls) {

  private static final int EPERM = 1;

  /**
   * What happens to some system calls.
   *
   * @param errno empty is EPERM, for actions that have one
   * @param args all must match; empty matches always
   */
  public record Rule(
      List<String> names,
      String action,
      @Placed("errnoRet") Optional<Integer> errno,
      List<Argument> args) {
    public Rule {
      names = List.copyOf(names);
      args = List.copyOf(args);
    }
  }

  /**
   * A comparison of one argument.
   *
   * @param index 0 to 5
   * @param value u64
   * @param valueTwo u64; the mask's result with {@code SCMP_CMP_MASKED_EQ}
   * @param op such as {@code SCMP_CMP_EQ}
   */
  public record Argument(
      int index, BigInteger value, @Placed(sparse = true) BigInteger valueTwo, String op) {}

  public SeccompProfile {
    defaultErrno = defaultErrno.filter(errno -> errno != EPERM);
    architectures = List.copyOf(architectures);
    flags = List.copyOf(flags);
    syscalls = List.copyOf(syscalls);
  }
}
