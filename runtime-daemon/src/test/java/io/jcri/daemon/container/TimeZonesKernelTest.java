package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.spec.ContainerMount;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeZonesKernelTest {
  @TempDir private Path directory;
  private Path node;
  private Path rootfs;
  private Path zone;

  @BeforeEach
  void makeATree() throws IOException {
    node = Files.createDirectories(directory.toRealPath().resolve("node"));
    rootfs = Files.createDirectories(directory.resolve("rootfs"));
    zone = node.resolve("usr/share/zoneinfo/Europe/Oslo");
    Files.createDirectories(zone.getParent());
    Files.createDirectories(node.resolve("etc"));
    Files.writeString(zone, "TZif");
  }

  private TimeZones zones(String name) {
    return new TimeZones(
        Linux.get(), () -> Optional.of(name).filter(text -> !text.isEmpty()), node);
  }

  @Test
  void aZoneIsAFileOfTheNodes() throws IOException {
    ContainerMount mount = ContainerMount.bind(zone.toString(), "/etc/localtime", true);
    assertThat(zones("Europe/Oslo").mount()).contains(mount);
    assertThat(zones("").mount()).isEmpty();
    assertThat(zones("Local").mount()).as("UTC").isEmpty();
    Files.createSymbolicLink(
        node.resolve("etc/localtime"), Path.of("../usr/share/zoneinfo/Europe/Oslo"));
    assertThat(zones("Local").mount()).contains(mount);
    for (String none : new String[] {"Europe", "Europe/Atlantis"}) {
      assertThatThrownBy(() -> zones(none).mount())
          .hasMessageContaining("containers.timezone is %s, and this node has no ".formatted(none));
    }
  }

  @Test
  void theImagesLinkGoesAndItsTargetStays() throws IOException {
    Path utc = rootfs.resolve("utc");
    Files.writeString(utc, "UTC");
    Path place = Files.createDirectory(rootfs.resolve("etc")).resolve("localtime");
    Files.createSymbolicLink(place, Path.of("/utc"));
    zones("").makeRoom(rootfs);
    assertThat(place).isSymbolicLink();
    zones("Local").makeRoom(rootfs);
    assertThat(Files.exists(place, java.nio.file.LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(utc).hasContent("UTC");
    Files.writeString(place, "a file");
    zones("Local").makeRoom(rootfs);
    assertThat(place).hasContent("a file");
  }

  @Test
  void anImageLeadsNobodyOutOfItself() throws IOException {
    zones("Local").makeRoom(rootfs); // without a folder /etc there is nothing to do
    Path theirs = Files.createDirectory(directory.resolve("outside"));
    Path link = Files.createSymbolicLink(theirs.resolve("localtime"), Path.of("x"));
    Files.createSymbolicLink(rootfs.resolve("etc"), theirs);
    zones("Local").makeRoom(rootfs);
    assertThat(link).isSymbolicLink();
    Files.delete(rootfs.resolve("etc"));
    Files.createSymbolicLink(rootfs.resolve("etc"), Path.of("../outside"));
    zones("Local").makeRoom(rootfs);
    assertThat(link).isSymbolicLink();
  }
}
