package io.jcri.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LayerLimitsTest {

  @Test
  void anArchiveMayTakeAFewTimesItsBytesOnDiskAndNoMoreThanALayer() {
    assertThat(LayerLimits.DEFAULT.ofArchive(1 << 20).bytes()).isEqualTo((512L << 20) + (8L << 20));
    assertThat(LayerLimits.DEFAULT.ofArchive(100L << 30).bytes()).isEqualTo(LayerLimits.MAX_BYTES);
    assertThat(LayerLimits.DEFAULT.ofArchive(Long.MAX_VALUE).bytes())
        .isEqualTo(LayerLimits.MAX_BYTES);
  }
}
