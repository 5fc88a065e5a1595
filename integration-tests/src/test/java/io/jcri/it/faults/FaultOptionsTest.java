package io.jcri.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FaultOptionsTest {
  @Test
  void whatIsAskedForIsTaken() {
    FaultOptions options =
        FaultOptions.parse("--seed", "5", "--rounds", "3", "--seconds", "9", "--only", "shim");
    assertThat(options.seed()).isEqualTo(5);
    assertThat(options.rounds()).isEqualTo(3);
    assertThat(options.time()).isEqualTo(Duration.ofSeconds(9));
    assertThat(options.kinds()).isNotEmpty().allMatch(kind -> kind.name().contains("shim"));
  }

  @Test
  void whatIsNotKnownIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FaultOptions.parse("--sed", "5"))
        .withMessageContaining("--sed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FaultOptions.parse("--seed"))
        .withMessageContaining("--seed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FaultOptions.parse("--only", "nothing like it").kinds())
        .withMessageContaining("shim killed");
  }

  @Test
  void theSameSeedPicksTheSameKindAndAllKindsCome() {
    assertThat(Faults.pick(Faults.ALL, new Random(7)))
        .isEqualTo(Faults.pick(Faults.ALL, new Random(7)));
    Random random = new Random(1);
    assertThat(random.ints(2000).mapToObj(_ -> Faults.pick(Faults.ALL, random)).distinct())
        .containsExactlyInAnyOrderElementsOf(Faults.ALL);
  }

  @Test
  void whatBreaksAtOnceHasNothingInCommon() {
    for (int seed = 0; seed < 200; seed++) {
      List<Faults> some = Faults.pickSome(Faults.ALL, new Random(seed), 3);
      assertThat(some).isNotEmpty().doesNotHaveDuplicates();
      assertThat(some.stream().flatMap(each -> each.uses().stream())).doesNotHaveDuplicates();
    }
  }
}
