package io.jcri.oci.snapshot;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.archive.LayerPacker;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.KernelFault;
import io.jcri.oci.file.TreeCopy;
import io.jcri.oci.file.Trees;
import io.jcri.oci.file.VolumeLimits;
import io.jcri.oci.layer.LayerStream;
import io.jcri.oci.layer.LayerUnpacker;
import io.jcri.oci.layer.UnpackedLayer;
import io.jcri.oci.tar.TarEntry;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories that a container may write to beside its writable layer: the volumes that its image
 * declares. They lie in the snapshot's directory and go with it.
 *
 * <pre>
 * root/snapshots/KEY/volumes.json  {"version":1,"places":["/data",...]}
 * root/snapshots/KEY/volumes/0     what the container sees at the first place
 * </pre>
 *
 * Thread-safe for different snapshots.
 */
public final class WritableVolumes {
  private static final Logger LOG = LoggerFactory.getLogger(WritableVolumes.class);
  private static final int OPEN = OpenFlags.READ_ONLY | OpenFlags.DIRECTORY;

  private static final TreeCopy.Budget BUDGET =
      new TreeCopy.Budget("volume", VolumeLimits.MAX_BYTES, VolumeLimits.MAX_ENTRIES);

  private record Info(int version, List<String> places) {}

  /**
   * What volumes are to be.
   *
   * @param copy whether they get what the image has at their places; without, only places where it
   *     has no directory get an empty one
   * @param uid of whom an empty one is, as the node sees it
   */
  public record Wish(boolean copy, long uid, long gid) {}

  private final Syscalls sys;
  private final Snapshotter snapshots;

  public WritableVolumes(Syscalls sys, Snapshotter snapshots) {
    this.sys = sys;
    this.snapshots = snapshots;
  }

  /**
   * Makes the volumes of a snapshot that is mounted and on which nothing runs yet. A place where
   * the image has something that is no directory is left out.
   *
   * @param places absolute paths in the container, without {@code ..}
   * @return the volumes' directories by their places
   * @throws OciException RESOURCE_EXHAUSTED for more than {@link VolumeLimits} or the disk allows
   */
  public Map<String, Path> make(String key, List<String> places, Wish wish) {
    Snapshot snapshot = require(key);
    try {
      return CopyThread.run(key, () -> makeAll(snapshot, places, wish));
    } catch (ErrnoException e) {
      throw KernelFault.of("cannot make the volumes of snapshot " + key, e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot make the volumes of snapshot " + key, e);
    }
  }

  private Map<String, Path> makeAll(Snapshot snapshot, List<String> places, Wish wish)
      throws IOException {
    try (Fd root = sys.open(snapshot.rootfs().toString(), OPEN, 0)) {
      List<String> made = new ArrayList<>();
      for (String place : places) {
        Optional<Boolean> there = hasDirectory(root, place, snapshot.key());
        if (there.isPresent() && (wish.copy || !there.get())) {
          made.add(place);
        }
      }
      Map<String, Path> volumes = new LinkedHashMap<>();
      if (made.isEmpty()) {
        return volumes;
      }
      // First: whoever packs or measures the snapshot must know of a half-made volume.
      Files.write(record(snapshot), Json.toBytes(new Info(1, made)));
      Path links = snapshot.upper().resolveSibling("links");
      Files.createDirectory(directory(snapshot));
      Files.createDirectory(links);
      try (Fd linkTo = sys.open(links.toString(), OPEN, 0);
          TreeCopy copy = new TreeCopy(sys, linkTo, BUDGET)) {
        for (String place : made) {
          Path volume = directory(snapshot).resolve(Integer.toString(volumes.size()));
          Files.createDirectory(volume);
          fill(root, place, volume, copy, wish);
          volumes.put(place, volume);
        }
      } finally {
        Trees.delete(sys, links);
      }
      return volumes;
    }
  }

  /** Empty when there is something else, or when nothing can be there. */
  private Optional<Boolean> hasDirectory(Fd root, String place, String key) throws IOException {
    try (Fd found =
        sys.openat2(root, relative(place), OpenFlags.PATH, 0, OpenFlags.RESOLVE_HOSTILE)) {
      if (sys.fstat(found).isDirectory()) {
        return Optional.of(true);
      }
      LOG.warn("volume {} of the image of {} is left out: it is no directory there", place, key);
      return Optional.empty();
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.of(false);
      }
      if (e.is(Errno.ENOTDIR, Errno.ELOOP, Errno.ENAMETOOLONG)) {
        LOG.warn("volume {} of the image of {} is left out: {}", place, key, e.getMessage());
        return Optional.empty();
      }
      throw e;
    }
  }

  private void fill(Fd root, String place, Path volume, TreeCopy copy, Wish wish)
      throws IOException {
    try (Fd target = sys.open(volume.toString(), OPEN, 0)) {
      try (Fd source = sys.openat2(root, relative(place), OPEN, 0, OpenFlags.RESOLVE_HOSTILE)) {
        copy.copy(source, target, place);
      } catch (ErrnoException e) {
        if (!e.is(Errno.ENOENT)) {
          throw e;
        }
        sys.fchown(target, wish.uid, wish.gid);
        sys.fchmod(target, 0755);
      }
    }
  }

  private static String relative(String place) {
    return place.substring(1);
  }

  /** What they take; walks them. */
  static DiskUsage usage(Syscalls sys, Snapshot snapshot) throws IOException {
    Path volumes = directory(snapshot);
    return Files.isDirectory(volumes) ? Trees.usage(sys, volumes) : DiskUsage.NONE;
  }

  /** Whether the snapshot has any. */
  public boolean has(String key) {
    return Files.exists(record(require(key)));
  }

  /** Writes all of them as an archive; the container must not write meanwhile. */
  public void pack(String key, OutputStream out) {
    try {
      new LayerPacker(sys).pack(directory(require(key)), out);
    } catch (IOException e) {
      throw OciException.ofIo("cannot pack the volumes of snapshot " + key, e);
    }
  }

  /**
   * Puts what such an archive holds in the place of what the volumes have; nothing runs on the
   * snapshot yet. The archive is not trusted: it must hold the same volumes.
   *
   * @param bytes of the archive
   * @return the volumes' directories
   * @throws OciException INVALID when it holds others; as unpacking a layer does
   */
  public List<Path> unpack(String key, InputStream archive, long bytes) {
    Snapshot snapshot = require(key);
    Path fresh = snapshot.upper().resolveSibling("volumes-unpacked");
    try {
      Set<String> names = names(snapshot);
      Files.createDirectory(fresh);
      try (LayerStream stream = new LayerStream(sys, archive, "volumes", bytes, bytes)) {
        UnpackedLayer layer =
            new LayerUnpacker(sys).unpack(stream, fresh, snapshot.upper().resolveSibling("spool"));
        if (layer.opaqueRoot() || !layer.missingLinks().isEmpty() || !names.equals(in(fresh))) {
          throw new OciException(
              OciException.Kind.INVALID, "archive does not hold the volumes of the container");
        }
      }
      Trees.delete(sys, directory(snapshot));
      sys.renameat2(Fd.CWD, fresh.toString(), Fd.CWD, directory(snapshot).toString(), 0);
      return names.stream().map(directory(snapshot)::resolve).toList();
    } catch (IOException e) {
      throw OciException.ofIo("cannot unpack the volumes of snapshot " + key, e);
    }
  }

  private static Set<String> names(Snapshot snapshot) throws IOException {
    Info info = Json.parse(Files.readAllBytes(record(snapshot)), Info.class);
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < info.places.size(); i++) {
      names.add(Integer.toString(i));
    }
    return names;
  }

  /**
   * The names in a directory, directories only: a link in a volume's place would be followed by
   * whoever mounts it, and would lead anywhere on the node.
   */
  private Set<String> in(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Fd open = sys.open(directory.toString(), OPEN | OpenFlags.NOFOLLOW, 0)) {
      for (DirectoryEntry entry : sys.list(open)) {
        if (!sys.fstatat(open, entry.name()).isDirectory()) {
          throw new OciException(
              OciException.Kind.INVALID,
              "archive has something else than a directory for volume "
                  + TarEntry.shown(entry.name()));
        }
        names.add(entry.name());
      }
    }
    return names;
  }

  private static Path record(Snapshot snapshot) {
    return snapshot.upper().resolveSibling("volumes.json");
  }

  private static Path directory(Snapshot snapshot) {
    return snapshot.upper().resolveSibling("volumes");
  }

  private Snapshot require(String key) {
    return snapshots
        .find(key)
        .orElseThrow(() -> new OciException(OciException.Kind.NOT_FOUND, "no snapshot " + key));
  }
}
