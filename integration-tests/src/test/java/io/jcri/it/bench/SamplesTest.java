package io.jcri.it.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class SamplesTest {
  @Test
  void takesQuantilesOfWhatWasAddedInAnyOrder() {
    Samples samples = new Samples();
    for (int value : new int[] {9, 1, 5, 3, 7, 11, 2, 10, 4, 8, 6}) {
      samples.add(value);
    }
    assertEquals(6, samples.median());
    assertEquals(10, samples.p90());
    assertEquals(10.9, samples.p99(), 1e-9);
    assertEquals(1, samples.least());
    assertEquals(11, samples.most());
  }

  @Test
  void liesBetweenTwoValues() {
    Samples samples = new Samples();
    samples.add(1);
    assertEquals(1, samples.median());
    samples.add(2);
    assertEquals(1.5, samples.median());
  }

  @Test
  void isNoNumberWithoutValues() {
    assertEquals(Double.NaN, new Samples().p99());
  }
}
