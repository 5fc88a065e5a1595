package io.jcri.sandbox.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MountInfoTest {
  private static final String TABLE =
      """
      27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
      36 35 98:0 /mnt1 /mnt2 ro,noatime master:1 - ext3 /dev/root rw,errors=continue
      40 27 0:40 / /run/a\\040b\\134c\\011d rw shared:5 master:2 propagate_from:1 - tmpfs none rw
      41 27 0:41 net:[4026532]/x /run/ns rw unbindable - nsfs nsfs rw
      42 27 0:42 / /run/größe rw - overlay overlay rw,lowerdir=/a:/b
      broken line
      43 27 0:43 / /run/nsx rw - tmpfs  rw
      """;

  private final List<MountInfo> mounts = MountInfo.parseAll(TABLE);

  @Test
  void readsEveryField() {
    assertThat(mounts).hasSize(6);
    assertThat(mounts.get(1))
        .isEqualTo(
            new MountInfo(
                36,
                35,
                98,
                0,
                "/mnt1",
                "/mnt2",
                "ro,noatime",
                Propagation.SLAVE,
                "ext3",
                "/dev/root",
                "rw,errors=continue"));
    assertThat(mounts.get(1).readOnly()).isTrue();
    assertThat(mounts.get(2).mountPoint()).isEqualTo("/run/a b\\c\td");
    assertThat(mounts.get(4).mountPoint()).isEqualTo("/run/größe");
  }

  @Test
  void readsPropagation() {
    assertThat(mounts)
        .extracting(MountInfo::propagation)
        .containsExactly(
            Propagation.SHARED,
            Propagation.SLAVE,
            Propagation.SHARED,
            Propagation.UNBINDABLE,
            Propagation.PRIVATE,
            Propagation.PRIVATE);
  }

  @Test
  void belowIsByWholeNames() {
    assertThat(mounts.get(3).isAtOrBelow("/run/ns")).isTrue();
    assertThat(mounts.get(3).isAtOrBelow("/run")).isTrue();
    assertThat(mounts.get(3).isAtOrBelow("/")).isTrue();
    assertThat(mounts.get(5).isAtOrBelow("/run/ns")).isFalse();
    assertThat(mounts.get(0).isAtOrBelow("/run")).isFalse();
  }
}
