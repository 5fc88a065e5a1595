package io.jcri.daemon.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ValuesByIdTest {
  private final Set<String> there = new HashSet<>();
  private final ValuesById<Integer> known = new ValuesById<>(there::contains);

  private void ask(int number) {
    there.add("c" + number);
    known.values().put("c" + number, number);
  }

  @Test
  void whatHasGoneIsForgottenAsOthersCome() {
    for (int i = 0; i < 10_000; i++) {
      ask(i);
      there.remove("c" + i);
    }
    assertThat(known.values()).hasSizeLessThanOrEqualTo(64);
  }

  @Test
  void whatIsThereIsKeptHoweverMuchItIs() {
    for (int i = 0; i < 1000; i++) {
      ask(i);
    }
    assertThat(known.values()).hasSize(1000).containsEntry("c0", 0);
    there.removeIf(id -> !id.equals("c7"));
    for (int i = 1000; i < 3000; i++) {
      ask(i);
    }
    assertThat(known.values()).containsEntry("c7", 7).containsEntry("c2999", 2999);
    assertThat(known.values().keySet()).doesNotContain("c0", "c999");
  }
}
