package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentLimitsTest {
  @Test
  void whatTheKernelTakesIsGood() {
    ArgumentLimits.check("cmd", List.of("sh", "x".repeat(ArgumentLimits.ONE - 1)), List.of("A=b"));
  }

  @Test
  void anArgumentThatIsTooLongIsNamed() {
    assertRefused(
        List.of("sh", "x".repeat(ArgumentLimits.ONE)), List.of(), "cmd: argument 1 has 131072");
  }

  @Test
  void bytesCountAndNotCharacters() {
    assertRefused(List.of("é".repeat(ArgumentLimits.ONE / 2)), List.of(), "cmd: argument 0");
  }

  @Test
  void aVariableIsNamedAndItsValueNotShown() {
    assertRefused(
        List.of("sh"), List.of("SECRET=" + "x".repeat(3 << 20)), "config.envs: SECRET has");
  }

  @Test
  void allTogetherHaveALimitToo() {
    assertRefused(
        Collections.nCopies(60, "x".repeat(120_000)), List.of(), "cmd and config.envs have");
  }

  private static void assertRefused(List<String> arguments, List<String> env, String start) {
    assertThatThrownBy(() -> ArgumentLimits.check("cmd", arguments, env))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessageStartingWith(start)
        .hasMessageNotContaining("xxxx");
  }
}
