package io.jcri.daemon.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.linux.FileSystemStat;
import io.jcri.sandbox.mount.MountInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiskCheckTest {
  private static final List<MountInfo> MOUNTS =
      MountInfo.parseAll(
          """
          1 0 8:1 / / rw - ext4 /dev/a rw
          2 1 0:9 / /var/lib rw - overlay overlay rw
          3 2 8:2 / /var/lib/jcri rw,nodev - xfs /dev/b rw
          4 1 0:8 / /data rw,noexec - xfs /dev/c rw
          5 1 0:7 / /data ro - xfs /dev/d ro
          """);
  private static final Path JCRI = Path.of("/var/lib/jcri");

  private static Finding of(Path folder, boolean tellsTypes) {
    return DiskCheck.kind("disk.root", folder, DiskCheck.mountOf(MOUNTS, folder), tellsTypes);
  }

  @Test
  void theFurthestAndLastMountCounts() {
    assertThat(DiskCheck.mountOf(MOUNTS, Path.of("/var/lib/jcrix"))).map(MountInfo::id).hasValue(2);
    assertThat(DiskCheck.mountOf(MOUNTS, JCRI.resolve("image"))).map(MountInfo::id).hasValue(3);
    assertThat(DiskCheck.mountOf(MOUNTS, Path.of("/data"))).map(MountInfo::id).hasValue(5);
    assertThat(DiskCheck.mountOf(List.of(), JCRI)).isEmpty();
  }

  @Test
  void whatCannotHoldLayersFails() {
    assertThat(of(Path.of("/srv"), true).verdict()).isEqualTo(Verdict.OK);
    assertThat(of(Path.of("/var/lib/x"), true).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(of(Path.of("/srv"), false))
        .satisfies(found -> assertThat(found.verdict()).isEqualTo(Verdict.FAIL))
        .satisfies(found -> assertThat(found.seen()).contains("ftype=0"));
  }

  @Test
  void optionsCountByWhatTheyBreak() {
    assertThat(of(JCRI, true).verdict()).isEqualTo(Verdict.WARN);
    assertThat(of(Path.of("/data"), true).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(DiskCheck.options("disk.state", JCRI, DiskCheck.mountOf(MOUNTS, JCRI)).verdict())
        .isEqualTo(Verdict.OK);
    assertThat(DiskCheck.options("disk.root", JCRI, Optional.empty()).verdict())
        .isEqualTo(Verdict.WARN);
  }

  @Test
  void roomIsJudgedByBytesAndInodes() {
    assertThat(room(1 << 20, 500_000, 100, 50)).isEqualTo(Verdict.OK);
    assertThat(room(1 << 20, 90_000, 100, 50)).isEqualTo(Verdict.WARN);
    assertThat(room(1 << 20, 500_000, 100, 4)).isEqualTo(Verdict.WARN);
    assertThat(room(1 << 20, 1_000, 100, 50)).isEqualTo(Verdict.FAIL);
    assertThat(room(1 << 20, 500_000, 0, 0)).isEqualTo(Verdict.OK);
  }

  private static Verdict room(long blocks, long available, long files, long freeFiles) {
    return DiskCheck.room(
            "disk.rootSpace",
            JCRI,
            new FileSystemStat(0, 4096, blocks, available, available, files, freeFiles))
        .verdict();
  }
}
