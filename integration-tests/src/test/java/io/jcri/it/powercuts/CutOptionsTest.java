package io.jcri.it.powercuts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class CutOptionsTest {
  @Test
  void optionsAreRead() {
    assertThat(CutOptions.parse("--cuts", "3", "--seed", "5", "--fs", "xfs"))
        .isEqualTo(new CutOptions(3, 5, "xfs"));
    assertThat(CutOptions.parse().fileSystem()).isEqualTo("ext4");
  }

  @Test
  void whatIsNotKnownIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CutOptions.parse("--cut", "5"))
        .withMessageContaining("--cut");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CutOptions.parse("--cuts"))
        .withMessageContaining("--cuts");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CutOptions.parse("--fs", "fat"))
        .withMessageContaining("fat");
  }
}
