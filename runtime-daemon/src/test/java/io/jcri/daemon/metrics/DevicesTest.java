package io.jcri.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.system.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesTest {
  @TempDir Path sys;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private void put(String numbers, String uevent) throws IOException {
    Path device = Files.createDirectories(sys.resolve("dev/block").resolve(numbers));
    Files.writeString(device.resolve("uevent"), uevent);
  }

  @Test
  void aDeviceHasItsNameAndAnUnknownOneItsNumbers() throws IOException {
    Devices devices = new Devices(sys, new Clock(() -> now));
    put("253:0", "MAJOR=253\nMINOR=0\nDEVNAME=vda\nDEVTYPE=disk\n");
    put("7:1", "MAJOR=7\nMINOR=1\n");
    assertThat(devices.name(253, 0)).isEqualTo("/dev/vda");
    assertThat(devices.name(7, 1)).isEqualTo("7:1");
    assertThat(devices.name(9, 9)).isEqualTo("9:9");
  }

  @Test
  void theNextVolumeOfTheSameNumbersHasItsOwnName() throws IOException {
    Devices devices = new Devices(sys, new Clock(() -> now));
    put("259:3", "DEVNAME=nvme2n1\n");
    assertThat(devices.name(259, 3)).isEqualTo("/dev/nvme2n1");
    put("259:3", "DEVNAME=nvme5n1\n");
    now = now.plusSeconds(59);
    assertThat(devices.name(259, 3)).isEqualTo("/dev/nvme2n1");
    now = now.plusSeconds(2);
    assertThat(devices.name(259, 3)).isEqualTo("/dev/nvme5n1");
  }
}
