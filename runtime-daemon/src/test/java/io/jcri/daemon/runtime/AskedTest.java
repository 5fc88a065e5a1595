package io.jcri.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AskedTest {
  private final Deque<String> answers = new ArrayDeque<>();
  private final Deque<Runnable> background = new ArrayDeque<>();
  private long now = 5;
  private Optional<String> file = Optional.of("first");

  private Asked<String> ask() {
    return new Asked<>(
        "name of it",
        () -> {
          String answer = answers.removeFirst();
          if (answer.isEmpty()) {
            throw new IllegalStateException("it hangs");
          }
          return answer;
        },
        () -> file,
        "unknown",
        background::add,
        () -> now);
  }

  private void runBackground() {
    background.removeFirst().run();
  }

  @Test
  void anAnswerIsKept() {
    answers.add("it");
    Asked<String> asked = ask();
    runBackground();
    now += 100 * Asked.PAUSE_NANOS;
    assertThat(asked.get()).isEqualTo("it");
    assertThat(background).isEmpty();
  }

  @Test
  void afterAFailureItIsAskedAgainInTheBackground() {
    answers.add("");
    answers.add("");
    answers.add("it");
    Asked<String> asked = ask();
    runBackground();
    assertThat(asked.get()).isEqualTo("unknown");
    assertThat(background).as("not at once").isEmpty();
    for (int failures = 0; failures < 2; failures++) {
      now += Asked.PAUSE_NANOS;
      assertThat(asked.get()).as("nobody waits").isEqualTo("unknown");
      assertThat(asked.get()).isEqualTo("unknown");
      assertThat(background).as("once, however many want to know").hasSize(1);
      runBackground();
    }
    assertThat(asked.get()).isEqualTo("it");
    assertThat(background).isEmpty();
  }

  @Test
  void anotherProgramIsAskedInTheBackground() {
    answers.add("it");
    answers.add("the next");
    Asked<String> asked = ask();
    runBackground();
    file = Optional.empty();
    assertThat(asked.get()).as("gone").isEqualTo("it");
    assertThat(background).isEmpty();
    file = Optional.of("second");
    assertThat(asked.get()).as("nobody waits").isEqualTo("it");
    assertThat(asked.get()).isEqualTo("it");
    assertThat(background).as("once, however many want to know").hasSize(1);
    runBackground();
    assertThat(asked.get()).isEqualTo("the next");
    assertThat(background).isEmpty();
  }

  @Test
  void aProgramThatIsMetHalfWrittenChangesNothing() {
    answers.add("it");
    answers.add("");
    answers.add("the next");
    Asked<String> asked = ask();
    runBackground();
    file = Optional.of("second");
    assertThat(asked.get()).isEqualTo("it");
    runBackground();
    assertThat(asked.get()).as("it could not tell").isEqualTo("it");
    assertThat(asked.failure()).contains("it hangs");
    assertThat(background).as("not at once").isEmpty();
    now += Asked.PAUSE_NANOS;
    assertThat(asked.get()).isEqualTo("it");
    runBackground();
    assertThat(asked.get()).isEqualTo("the next");
    assertThat(asked.failure()).isEmpty();
  }

  @Test
  void oneThatIsReplacedWhileItTellsIsAskedAgain() {
    answers.add("it");
    Asked<String> asked =
        new Asked<>(
            "name of it",
            () -> {
              file = Optional.of("second");
              return answers.removeFirst();
            },
            () -> file,
            "unknown",
            background::add,
            () -> now);
    runBackground();
    assertThat(asked.get()).isEqualTo("it");
    assertThat(background).hasSize(1);
  }
}
