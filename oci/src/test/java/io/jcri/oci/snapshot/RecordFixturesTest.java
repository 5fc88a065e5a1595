package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.JsonRest;
import io.jcri.oci.layer.LayerInfo;
import io.jcri.oci.record.RecordReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of layers and snapshots that daemons have written, for ever readable. */
class RecordFixturesTest {
  private static final Path FIRST = Path.of("src/test/resources/records/1");

  @TempDir Path directory;

  /** As the first version has read a layer. */
  record FirstLayer(
      int version, Digest diffId, long bytes, long inodes, boolean hasRoot, boolean opaqueRoot) {}

  /** As the first version has read a snapshot. */
  record FirstSnapshot(
      int version,
      List<String> layers,
      boolean readOnly,
      Optional<Path> mountPoint,
      Optional<String> label) {}

  @Test
  void layer() throws IOException {
    byte[] fixture = Files.readAllBytes(FIRST.resolve("layer.json"));
    FirstLayer first = Json.parse(fixture, FirstLayer.class);
    RecordReading.Read<LayerInfo> read =
        (RecordReading.Read<LayerInfo>) LayerInfo.FORMAT.decode(fixture);
    assertThat(read.value())
        .isEqualTo(
            new LayerInfo(
                first.diffId, first.bytes, first.inodes, first.hasRoot, first.opaqueRoot));
    byte[] written = LayerInfo.FORMAT.encode(read.value(), JsonRest.NONE);
    assertThat(Json.parse(written, FirstLayer.class)).isEqualTo(first);
    assertThat(LayerInfo.FORMAT.decode(written)).isEqualTo(read);
  }

  @Test
  void snapshot() throws IOException {
    for (String name : List.of("snapshot.json", "snapshot-of-user-namespace.json")) {
      byte[] fixture = Files.readAllBytes(FIRST.resolve(name));
      FirstSnapshot first = Json.parse(fixture, FirstSnapshot.class);
      Path old = Files.createDirectories(directory.resolve("old-" + name));
      Files.write(old.resolve("snapshot.json"), fixture);
      Snapshot read = new SnapshotDirectory(old).read();
      assertThat(read.layerKeys()).isEqualTo(first.layers).isNotEmpty();
      assertThat(read.readOnly()).isEqualTo(first.readOnly);
      assertThat(read.label()).isEqualTo(first.label);
      assertThat(read.rootfs()).isEqualTo(first.mountPoint.orElse(old.resolve("rootfs")));

      SnapshotDirectory fresh = new SnapshotDirectory(directory.resolve("new-" + name));
      fresh.make(read, first.mountPoint);
      byte[] written = Files.readAllBytes(fresh.path().resolve("snapshot.json"));
      assertThat(Json.parse(written, FirstSnapshot.class)).isEqualTo(first);
      assertThat(fresh.read().layerKeys()).isEqualTo(first.layers);
    }
  }
}
