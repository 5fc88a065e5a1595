package io.jcri.oci.snapshot;

import io.jcri.oci.OciException;
import io.jcri.oci.archive.LayerPacker;
import io.jcri.oci.layer.LayerStream;
import io.jcri.oci.layer.LayerUnpacker;
import io.jcri.oci.layer.UnpackedLayer;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What containers have changed, carried from one snapshot to another as an OCI layer's tar archive.
 * Thread-safe for different snapshots.
 */
public final class WritableLayers {

  private final Syscalls sys;
  private final Mounts mounts;
  private final Snapshotter snapshots;

  /** The writable layers of these snapshots. */
  public WritableLayers(Syscalls sys, Mounts mounts, Snapshotter snapshots) {
    this.sys = sys;
    this.mounts = mounts;
    this.snapshots = snapshots;
  }

  /**
   * Writes the archive; the container must not write meanwhile.
   *
   * @throws OciException NOT_FOUND; FAILED_PRECONDITION when a layer cannot tell of some change,
   *     and for a copy
   */
  public void pack(String key, OutputStream out) {
    try {
      new LayerPacker(sys).pack(require(key).upper(), out);
    } catch (IOException e) {
      throw OciException.ofIo("cannot pack the changes of snapshot " + key, e);
    }
  }

  /**
   * Gives a fresh snapshot, on which nothing runs yet, such changes. They are as little trusted as
   * any layer of an image, and may not do more than one.
   *
   * @param bytes of the archive
   * @param userNamespace as the snapshot was prepared with
   * @throws OciException NOT_FOUND; FAILED_PRECONDITION for a copy; as unpacking a layer does
   */
  public void unpack(String key, InputStream archive, long bytes, Optional<Path> userNamespace) {
    Snapshot snapshot = require(key);
    Path spool = snapshot.upper().resolveSibling("directories");
    try {
      // What lies below a mounted overlay must not change.
      mounts.unmount(snapshot.rootfs());
      try (LayerStream stream = new LayerStream(sys, archive, "changes", bytes, bytes)) {
        UnpackedLayer layer = new LayerUnpacker(sys).unpack(stream, snapshot.upper(), spool);
        if (layer.opaqueRoot() || !layer.missingLinks().isEmpty()) {
          throw new OciException(
              OciException.Kind.INVALID, "changes are not those of a container's writable layer");
        }
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot unpack the changes of snapshot " + key, e);
    }
    snapshots.remount(key, userNamespace);
  }

  /**
   * Refuses a snapshot whose changes nobody can tell from the rest.
   *
   * @throws OciException NOT_FOUND; FAILED_PRECONDITION for a copy
   */
  public void requireChanges(String key) {
    Snapshot _ = require(key);
  }

  private Snapshot require(String key) {
    Snapshot snapshot =
        snapshots
            .find(key)
            .orElseThrow(() -> new OciException(OciException.Kind.NOT_FOUND, "no snapshot " + key));
    if (snapshot.copied()) {
      throw new OciException(
          OciException.Kind.FAILED_PRECONDITION,
          "root file system of %s is a copy of its image, which does not tell what has changed: its handler has snapshot = \"copy\""
              .formatted(key));
    }
    return snapshot;
  }
}
