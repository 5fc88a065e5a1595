package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopSignalsTest {
  @ParameterizedTest
  @CsvSource({
    "SIGHUP,1",
    "SIGTERM,15",
    "TERM,15",
    "sigkill,9",
    "15,15",
    "SIGUSR1,10",
    "SIGSYS,31",
    "SIGIO,29",
    "SIGPOLL,29",
    "SIGCLD,17",
    "SIGRTMIN,34",
    "SIGRTMIN+3,37",
    "RTMAX-1,63",
    "SIGRTMAX,64",
    "SIGABRT,6",
    "SIGIOT,6",
    "SIGWINCH,28",
    "37,37"
  })
  void namesAndNumbers(String name, int number) {
    assertThat(StopSignals.number(name)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SIG", "SIGNOPE", "0", "65", "-1", "SIGRTMIN+99", "SIGRTMAX-40x"})
  void whatIsNoSignalIsNamed(String name) {
    assertThatThrownBy(() -> StopSignals.number(name))
        .hasMessage("stop signal " + name + " is unknown");
  }
}
