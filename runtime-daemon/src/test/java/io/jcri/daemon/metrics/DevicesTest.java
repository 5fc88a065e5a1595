package io.jcri.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path sys;
  private long now = Long.MAX_VALUE - 1; // nanoTime may begin anywhere, and overflow

  private void put(String numbers, String uevent) throws IOException {
    Path device = Files.createDirectories(sys.resolve("dev/block").resolve(numbers));
    Files.writeString(device.resolve("uevent"), uevent);
  }

  @Test
  void aDeviceHasItsNameAndAnUnknownOneItsNumbers() throws IOException {
    Devices devices = new Devices(sys, () -> now);
    put("253:0", "MAJOR=253\nMINOR=0\nDEVNAME=vda\nDEVTYPE=disk\n");
    put("7:1", "MAJOR=7\nMINOR=1\n");
    assertThat(devices.name(253, 0)).isEqualTo("/dev/vda");
    assertThat(devices.name(7, 1)).isEqualTo("7:1");
    assertThat(devices.name(9, 9)).isEqualTo("9:9");
  }

  @Test
  void theNextVolumeOfTheSameNumbersHasItsOwnName() throws IOException {
    Devices devices = new Devices(sys, () -> now);
    put("259:3", "DEVNAME=nvme2n1\n");
    assertThat(devices.name(259, 3)).isEqualTo("/dev/nvme2n1");
    put("259:3", "DEVNAME=nvme5n1\n");
    now += 59 * SECOND;
    assertThat(devices.name(259, 3)).isEqualTo("/dev/nvme2n1");
    now += 2 * SECOND;
    assertThat(devices.name(259, 3)).isEqualTo("/dev/nvme5n1");
  }
}
