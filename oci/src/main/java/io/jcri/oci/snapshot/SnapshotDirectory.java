package io.jcri.oci.snapshot;

import io.jcri.oci.JsonRest;
import io.jcri.oci.OciException;
import io.jcri.oci.record.RecordFile;
import io.jcri.oci.record.RecordFormat;
import io.jcri.oci.record.RecordFraming;
import io.jcri.oci.record.RecordReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What one snapshot has on disk.
 *
 * <pre>
 * KEY/snapshot.json  {"version":1,"layers":["KEY of the lowest",...],"readOnly":false,"crc32c":"8e0a66b1"}
 * KEY/upper          what the container has changed, or the whole of a copy (then "copied":true)
 * KEY/work           of the kernel
 * KEY/links          while a copy is made: names of files that have several
 * KEY/volumes        what WritableVolumes makes
 * KEY/rootfs         the mount point, unless the caller has one elsewhere
 * </pre>
 *
 * Nothing here is synced: a container does not outlive the machine.
 */
record SnapshotDirectory(Path path) {

  private record Info(
      List<String> layers,
      boolean readOnly,
      Optional<Boolean> copied,
      Optional<Path> mountPoint,
      Optional<String> label) {}

  private static final RecordFormat<Info> FORMAT =
      RecordFormat.of("snapshot", Info.class, RecordFraming.KEY);
  private static final int MAX_BYTES = 1 << 20;

  /**
   * The directory of a caller's key.
   *
   * @throws OciException INVALID when the key is no safe name
   */
  static SnapshotDirectory of(Path root, String key) {
    boolean clean =
        !key.isEmpty()
            && key.length() <= 128
            && key.charAt(0) != '.'
            && key.chars()
                .allMatch(c ->
                    (Character.isLetterOrDigit(c) && c < 128) || c == '.' || c == '-' || c == '_');
    if (!clean) {
      throw new OciException(OciException.Kind.INVALID, "bad snapshot key \"" + key + "\"");
    }
    return new SnapshotDirectory(root.resolve(key));
  }

  String key() {
    return String.valueOf(path.getFileName());
  }

  /** The mount point of a snapshot whose caller has none. */
  Path rootfs() {
    return path.resolve("rootfs");
  }

  Path work() {
    return path.resolve("work");
  }

  Path links() {
    return path.resolve("links");
  }

  /** The snapshot that is to be made here. */
  Snapshot snapshot(List<String> layerKeys, Snapshotter.Options options) {
    return snapshot(
        layerKeys, options.readOnly(), options.copied(), options.mountPoint(), options.label());
  }

  /** A snapshot whose record is damaged: nothing is known but where it is. */
  Snapshot unreadable() {
    return snapshot(List.of(), false, false, Optional.empty(), Optional.empty());
  }

  private Snapshot snapshot(
      List<String> layerKeys,
      boolean readOnly,
      boolean copied,
      Optional<Path> mountPoint,
      Optional<String> label) {
    return new Snapshot(
        key(),
        mountPoint.orElse(rootfs()),
        path.resolve("upper"),
        layerKeys,
        readOnly,
        copied,
        label);
  }

  /**
   * Reads the record.
   *
   * @throws OciException INVALID when it cannot be
   */
  Snapshot read() {
    return switch (record().read()) {
      case RecordReading.Read<Info>(Info info, JsonRest _) ->
          snapshot(
              info.layers, info.readOnly, info.copied.orElse(false), info.mountPoint, info.label);
      case RecordReading.Torn<Info> bad -> throw unreadable(bad.reason());
      case RecordReading.FromNewer<Info> bad -> throw unreadable(bad.reason());
      case RecordReading.Unreadable<Info> bad -> throw unreadable(bad.reason());
      case RecordReading.Absent<Info> _ -> throw unreadable("there is none");
    };
  }

  private static OciException unreadable(String why) {
    return new OciException(OciException.Kind.INVALID, why);
  }

  /** Makes the directory and all that has to be there before the snapshot is mounted. */
  void make(Snapshot snapshot, Optional<Path> mountPoint) throws IOException {
    Files.createDirectory(path);
    // The record first: if we die behind it, the next daemon knows which layers a mount may use.
    Info info =
        new Info(
            snapshot.layerKeys(),
            snapshot.readOnly(),
            snapshot.copied() ? Optional.of(true) : Optional.empty(),
            mountPoint,
            snapshot.label());
    record().replace(FORMAT.encode(info, JsonRest.NONE));
    Files.createDirectory(snapshot.upper());
    Files.createDirectory(rootfs());
  }

  private RecordFile<Info> record() {
    return new RecordFile<>(path.resolve("snapshot.json"), FORMAT, MAX_BYTES);
  }
}
