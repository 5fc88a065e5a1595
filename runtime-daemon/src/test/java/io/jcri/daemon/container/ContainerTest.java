package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.core.Samples;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ContainerTest {
  @Test
  void oneThatIsOverBeforeItsStartIsNotedDoesNotStartAfterItsEnd() {
    Container running = Samples.record(Container.class, Map.of("startedAt", 20L));
    assertThat(running.withExit(Exit.of(0, 10, false)).startedAt()).isEqualTo(10);
    assertThat(running.withExit(Exit.of(0, 30, false)).startedAt()).isEqualTo(20);
  }
}
