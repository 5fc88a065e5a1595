package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.spec.DeviceNode;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Device nodes as the kernel shows them. */
class HostDevicesKernelTest {
  @TempDir Path dev;

  @Test
  void readsTypeNumbersModeAndOwner() throws IOException {
    Path block = node("disk", FileStat.BLOCK_DEVICE, 259, 0x12345);
    Linux.get().fchownat(Fd.CWD, block.toString(), 5, 0xffff_fffeL);
    assertThat(HostDevices.at(block, "/dev/mine"))
        .containsExactly(
            new DeviceNode(
                "/dev/mine",
                "b",
                259,
                0x12345,
                Optional.of(0640),
                Optional.of(5L),
                Optional.of(0xffff_fffeL)));
  }

  @Test
  void findsAllButWhatContainersHaveThemselves() throws IOException {
    Files.createDirectories(dev.resolve("pts"));
    Files.createDirectories(dev.resolve("bus/usb"));
    node("pts/0", FileStat.CHARACTER_DEVICE, 136, 0);
    node("console", FileStat.CHARACTER_DEVICE, 5, 1);
    node("null", FileStat.CHARACTER_DEVICE, 1, 3);
    node("bus/usb/1", FileStat.CHARACTER_DEVICE, 189, 0);
    Files.writeString(dev.resolve("file"), "no device");
    Files.createSymbolicLink(dev.resolve("link"), Path.of("null"));
    assertThat(HostDevices.all(dev))
        .extracting(DeviceNode::path)
        .containsExactly(dev + "/bus/usb/1", dev + "/null");
    assertThat(HostDevices.at(dev.resolve("bus"), "/dev/x"))
        .extracting(DeviceNode::path)
        .containsExactly("/dev/x/usb/1");
    assertThat(HostDevices.at(dev.resolve("link"), "/dev/y"))
        .extracting(DeviceNode::path)
        .containsExactly("/dev/y");
  }

  @Test
  void namesWhatIsNoDevice() throws IOException {
    Path file = Files.writeString(dev.resolve("file"), "x");
    assertThatThrownBy(() -> HostDevices.at(file, "/dev/x"))
        .hasMessage(file + " is not a device node");
    assertThatThrownBy(() -> HostDevices.at(dev.resolve("gone"), "/dev/x"))
        .hasMessage("device " + dev.resolve("gone") + " does not exist");
  }

  @Test
  void seesTheHostsNull() {
    assertThat(HostDevices.all(Path.of("/dev")))
        .extracting(device -> List.of(device.path(), device.major(), device.minor()))
        .contains(List.of("/dev/null", 1L, 3L));
  }

  private Path node(String name, int type, int major, int minor) throws IOException {
    Path path = dev.resolve(name);
    Linux.get().mknodat(Fd.CWD, path.toString(), type | 0640, major, minor);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    return path;
  }
}
