package io.jcri.it.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

final class WaveTest {
  @Test
  void letsAllClientsCallAtOnceAndCountsThoseThatFail() throws IOException {
    CyclicBarrier together = new CyclicBarrier(3);
    Wave wave =
        Wave.of(
            List.of(1, 2, 3),
            (pod, calls) -> {
              calls.computeIfAbsent("First", _ -> new Samples()).add(pod);
              meet(together);
              if (pod == 2) {
                throw Status.UNAVAILABLE.withDescription("no pod 2").asRuntimeException();
              }
              calls.computeIfAbsent("Second", _ -> new Samples()).add(10 * pod);
            });
    assertEquals(2, wave.pods().count());
    assertEquals(List.of("UNAVAILABLE: no pod 2"), wave.errors());
    assertEquals(2, Objects.requireNonNull(wave.calls().get("First")).median());
    assertEquals(2, Objects.requireNonNull(wave.calls().get("Second")).count());
    assertEquals(30, wave.longestCall());
    assertTrue(wave.all() >= wave.pods().most());
  }

  /** Who calls alone waits for ever. */
  private static void meet(CyclicBarrier together) {
    try {
      int _ = together.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
