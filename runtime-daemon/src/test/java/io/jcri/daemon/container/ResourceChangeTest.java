package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.spec.LinuxResources;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResourceChangeTest {
  private static final LinuxResources NOW =
      LinuxResources.builder()
          .memoryLimit(100)
          .memorySwap(100)
          .cpuQuota(5000)
          .cpuPeriod(10000)
          .cpuShares(512)
          .build();

  private static ResourceChange change(LinuxResources resources) {
    return new ResourceChange(resources, Optional.empty(), Map.of());
  }

  @Test
  void whatIsNotSetStays() {
    LinuxResources after = change(LinuxResources.builder().cpuShares(7).build()).appliedTo(NOW);
    assertThat(after).isEqualTo(NOW.toBuilder().cpuShares(7).build());
  }

  @Test
  void aLimitThatAllowsNoSwapFollowsTheMemory() {
    ResourceChange more = change(LinuxResources.builder().memoryLimit(200).build());
    assertThat(more.appliedTo(NOW).memorySwap()).isEmpty();
    LinuxResources swapping = NOW.toBuilder().memorySwap(500).build();
    assertThat(more.appliedTo(swapping).memorySwap()).contains(500L);
    ResourceChange both = change(LinuxResources.builder().memoryLimit(200).memorySwap(300).build());
    assertThat(both.appliedTo(NOW).memorySwap()).contains(300L);
  }

  @Test
  void theRuntimeIsToldTheOtherHalfOfAPairAndNothingElse() {
    ResourceChange quota = change(LinuxResources.builder().cpuQuota(2000).build());
    LinuxResources fitted = quota.appliedTo(NOW);
    assertThat(quota.told(fitted))
        .isEqualTo(LinuxResources.builder().cpuQuota(2000).cpuPeriod(10000).build());
    ResourceChange memory = change(LinuxResources.builder().memoryLimit(200).build());
    LinuxResources withSwap = memory.appliedTo(NOW).toBuilder().memorySwap(200).build();
    assertThat(memory.told(withSwap))
        .isEqualTo(LinuxResources.builder().memoryLimit(200).memorySwap(200).build());
  }
}
