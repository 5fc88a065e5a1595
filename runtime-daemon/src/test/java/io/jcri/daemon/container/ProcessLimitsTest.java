package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.spec.Rlimit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessLimitsTest {
  private static final Rlimit FILES = new Rlimit("RLIMIT_NOFILE", 524_288, 1024);
  private static final Rlimit CORE = new Rlimit("RLIMIT_CORE", -1, 0);

  @Test
  void hardLimitsAreReadAsTheKernelWritesThem() {
    assertThat(
            ProcessLimits.hardLimits(
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max cpu time              unlimited            unlimited            seconds
                Max core file size        0                    unlimited            bytes
                Max processes             96364                96365                processes
                Max open files            1024                 20000                files
                Max nice priority         0                    3
                """
                    .lines()
                    .toList()))
        .isEqualTo(
            Map.of(
                "RLIMIT_CPU", -1L,
                "RLIMIT_CORE", -1L,
                "RLIMIT_NPROC", 96_365L,
                "RLIMIT_NOFILE", 20_000L,
                "RLIMIT_NICE", 3L));
  }

  @Test
  void nothingIsAboveWhatTheNodeAllows() {
    assertThat(ProcessLimits.cut(List.of(FILES, CORE), Map.of(), 1 << 20))
        .containsExactly(FILES, CORE);
    assertThat(
            ProcessLimits.cut(
                List.of(FILES, CORE), Map.of("RLIMIT_NOFILE", 20_000L, "RLIMIT_CORE", 7L), 1 << 20))
        .containsExactly(
            new Rlimit("RLIMIT_NOFILE", 20_000, 1024), new Rlimit("RLIMIT_CORE", 7, 0));
  }

  /** More than fs.nr_open is refused even to root, and so is no limit at all. */
  @Test
  void filesAreBoundedForEverybody() {
    Rlimit none = new Rlimit("RLIMIT_NOFILE", -1, -1);
    assertThat(ProcessLimits.cut(List.of(none), Map.of("RLIMIT_NOFILE", -1L), 1000))
        .containsExactly(new Rlimit("RLIMIT_NOFILE", 1000, 1000));
  }
}
