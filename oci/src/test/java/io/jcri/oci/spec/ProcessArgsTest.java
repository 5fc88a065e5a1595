package io.jcri.oci.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessArgsTest {
  private static final List<String> NONE = List.of();
  private static final List<String> ENTRYPOINT = List.of("/entry", "-e");
  private static final List<String> CMD = List.of("cmd", "-c");
  private static final List<String> COMMAND = List.of("/command");
  private static final List<String> ARGS = List.of("arg");

  static Stream<Arguments> merges() {
    return Stream.of(
        Arguments.of(ENTRYPOINT, CMD, NONE, NONE, List.of("/entry", "-e", "cmd", "-c")),
        Arguments.of(ENTRYPOINT, CMD, COMMAND, NONE, COMMAND),
        Arguments.of(ENTRYPOINT, CMD, NONE, ARGS, List.of("/entry", "-e", "arg")),
        Arguments.of(ENTRYPOINT, CMD, COMMAND, ARGS, List.of("/command", "arg")),
        Arguments.of(NONE, CMD, NONE, NONE, CMD),
        Arguments.of(NONE, CMD, NONE, ARGS, ARGS),
        Arguments.of(ENTRYPOINT, NONE, NONE, NONE, ENTRYPOINT),
        Arguments.of(NONE, NONE, COMMAND, NONE, COMMAND));
  }

  @ParameterizedTest
  @MethodSource("merges")
  void merges(
      List<String> entrypoint,
      List<String> cmd,
      List<String> command,
      List<String> args,
      List<String> expected) {
    assertThat(ProcessArgs.merge(entrypoint, cmd, command, args)).isEqualTo(expected);
  }

  @Test
  void refusesNothing() {
    assertThatThrownBy(() -> ProcessArgs.merge(NONE, NONE, NONE, NONE))
        .hasMessageContaining("no command");
    assertThatThrownBy(() -> ProcessArgs.merge(NONE, NONE, List.of(""), NONE))
        .hasMessageContaining("no command");
  }

  @Test
  void mergesEnvironments() {
    assertThat(
            ProcessEnv.merge(
                "web-0",
                true,
                List.of(),
                List.of("PATH=/bin", "A=1", "novalue", "=x", "B="),
                List.of("A=2", "C=a=b", "TERM=vt100")))
        .containsExactly("PATH=/bin", "HOSTNAME=web-0", "TERM=vt100", "A=2", "B=", "C=a=b");
    assertThat(ProcessEnv.merge("h", false, List.of(), NONE, NONE))
        .containsExactly("PATH=" + ProcessEnv.DEFAULT_PATH, "HOSTNAME=h");
  }
}
