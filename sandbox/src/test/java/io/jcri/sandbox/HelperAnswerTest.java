package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.linux.ProcessId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HelperAnswerTest {
  @Test
  void readsWhatTheHelperSays() {
    assertThat(HelperAnswer.parse("ok 4711 190210\n"))
        .isEqualTo(new HelperAnswer.Up(new ProcessId(4711, 190210)));
    assertThat(HelperAnswer.parse("error sysctl: cannot set sysctl a.b to \"ok 1 1\": EINVAL\n"))
        .isEqualTo(
            new HelperAnswer.Failed("sysctl", "cannot set sysctl a.b to \"ok 1 1\": EINVAL"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ok",
        "ok 1",
        "ok -1 1",
        "ok 1 1 1",
        "ok 99999999999 1",
        "error",
        "error x",
        "ok 1 1\nok 2 2"
      })
  void takesNothingElseForAnAnswer(String output) {
    assertThat(HelperAnswer.parse(output)).isInstanceOf(HelperAnswer.Nonsense.class);
  }
}
