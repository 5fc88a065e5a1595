package io.jcri.sandbox.mount;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.MountFlags;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.PathBytes;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes overlay mounts, detached first and attached whole, so that nobody sees a half-made one.
 *
 * <p>Linux 6.8 takes layers one by one and so any number of them. Before, all must fit one page of
 * options: {@link LegacyOverlay}.
 */
final class Overlays {
  /** The kernel takes option values of up to 255 bytes; a longer path is given by descriptor. */
  private static final int MAX_VALUE = 255;

  /**
   * Layers whose names are longer together are given by descriptor. The kernel writes all names
   * down whenever somebody reads the table of mounts, which runc does several times for each
   * container: with 110 containers of 50 layers that was most of what their starts took.
   */
  private static final int MAX_NAMES = 512;

  private final Syscalls calls;

  Overlays(Syscalls calls) {
    this.calls = calls;
  }

  /** Mounts {@code spec} on the existing directory {@code target}. */
  void mount(OverlayMount spec, Path target) throws IOException {
    if (spec.userNamespace().isEmpty()) {
      Dirs dirs =
          new Dirs(
              spec.lowers().stream().map(Path::toString).toList(),
              spec.upper().map(u -> u.directory().toString()),
              spec.upper().map(u -> u.work().toString()));
      mount(spec, dirs, target);
      return;
    }
    try (IdMappedTrees trees = new IdMappedTrees(calls, spec.userNamespace().get())) {
      Dirs dirs = mapped(spec, trees);
      try {
        mount(spec, dirs, target);
      } catch (ErrnoException e) {
        // Before Linux 6.15 an overlay takes layers of attached mounts only.
        if (!e.is(Errno.EINVAL)) {
          throw e;
        }
        mountAttached(spec, dirs, trees, target);
      }
    }
  }

  /** The layers' directories as the overlay is to reach them. */
  private record Dirs(List<String> lowers, Optional<String> upper, Optional<String> work) {}

  /**
   * The layers through mapped mounts. The upper layer cannot be: the daemon itself, as who makes
   * the overlay, has no id in the namespace and so could make no file there. It holds the host's
   * ids.
   */
  private Dirs mapped(OverlayMount spec, IdMappedTrees trees) throws IOException {
    List<String> lowers = trees.map(spec.lowers());
    if (spec.upper().isPresent()) {
      adoptOwner(lowers.getFirst(), spec.upper().get().directory());
    }
    return new Dirs(
        lowers,
        spec.upper().map(u -> u.directory().toString()),
        spec.upper().map(u -> u.work().toString()));
  }

  /** A fresh upper layer is the root directory of the tree, so its owner must be one inside. */
  private void adoptOwner(String layer, Path upper) throws IOException {
    FileStat now = calls.fstatat(Fd.CWD, upper.toString());
    if (now.uid() == 0 && now.gid() == 0) {
      try (Fd root = calls.open(layer, OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
        FileStat owner = calls.fstat(root);
        calls.fchownat(Fd.CWD, upper.toString(), owner.uid(), owner.gid());
      }
    }
  }

  /**
   * Attaches the mapped copies to the target itself while the overlay is made on them. If we die
   * here they stay there, and whoever unmounts the target takes them away too.
   */
  private void mountAttached(OverlayMount spec, Dirs dirs, IdMappedTrees trees, Path target)
      throws IOException {
    Fd overlay;
    int attached = 0;
    try {
      for (Fd copy : trees.mounts()) {
        calls.moveMount(copy, target.toString());
        attached++;
      }
      overlay = detached(spec, dirs, target);
    } finally {
      for (int i = 0; i < attached; i++) {
        calls.umount2(target.toString(), MountFlags.MNT_DETACH | MountFlags.UMOUNT_NOFOLLOW);
      }
    }
    try (overlay) {
      calls.moveMount(overlay, target.toString());
    }
  }

  private void mount(OverlayMount spec, Dirs dirs, Path target) throws IOException {
    try (Fd overlay = detached(spec, dirs, target)) {
      calls.moveMount(overlay, target.toString());
    }
  }

  private Fd detached(OverlayMount spec, Dirs dirs, Path target) throws IOException {
    if (dirs.upper().isEmpty() && dirs.lowers().size() == 1) {
      return readOnlyCopy(dirs.lowers().getFirst());
    }
    if (spec.upper().isPresent()) {
      forgetVolatile(spec.upper().get().work());
    }
    int attributes = spec.readOnly() ? MountFlags.ATTR_RDONLY : 0;
    List<Fd> places = new ArrayList<>();
    try (Fd context = calls.fsopen("overlay")) {
      if (!setLayers(context, dirs.lowers(), places)) {
        List<String> options = new ArrayList<>(options(spec));
        // In quotes, since its categories are separated by commas as options are.
        spec.label().ifPresent(label -> options.add("context=\"" + label + "\""));
        dirs.upper().ifPresent(u -> options.add("upperdir=" + LegacyOverlay.escape(u)));
        dirs.work().ifPresent(w -> options.add("workdir=" + LegacyOverlay.escape(w)));
        return new LegacyOverlay(calls).make(dirs.lowers(), options, attributes, target);
      }
      if (dirs.upper().isPresent()) {
        calls.fsconfigSet(context, "upperdir", value(dirs.upper().get(), places));
        calls.fsconfigSet(context, "workdir", value(dirs.work().orElseThrow(), places));
      }
      for (String option : options(spec)) {
        int equals = option.indexOf('=');
        calls.fsconfigSet(
            context,
            equals < 0 ? option : option.substring(0, equals),
            equals < 0 ? null : option.substring(equals + 1));
      }
      if (spec.label().isPresent()) {
        calls.fsconfigSet(context, "context", spec.label().get());
      }
      calls.fsconfigCreate(context);
      return calls.fsmount(context, attributes);
    } finally {
      places.forEach(Fd::close);
    }
  }

  /**
   * index=off: with it on, an upper layer that a dying container still holds cannot be mounted.
   * metacopy and redirect_dir change what the upper layer means to other tools.
   */
  private static List<String> options(OverlayMount spec) {
    return spec.upper().isPresent() && spec.volatileUpper()
        ? List.of("index=off", "metacopy=off", "volatile")
        : List.of("index=off", "metacopy=off");
  }

  /**
   * Gives the layers one by one.
   *
   * @return false when this kernel does not know how
   */
  private boolean setLayers(Fd context, List<String> lowers, List<Fd> places) throws IOException {
    boolean named = lowers.stream().mapToInt(String::length).sum() <= MAX_NAMES;
    boolean first = true;
    for (String lower : lowers) {
      try {
        if (named) {
          calls.fsconfigSet(context, "lowerdir+", value(lower, places));
        } else {
          addLayer(context, lower);
        }
      } catch (ErrnoException e) {
        if (first && e.is(Errno.EINVAL)) {
          return false;
        }
        throw e;
      }
      first = false;
    }
    return true;
  }

  /** The kernel looks a layer up when it is told of it, and needs the descriptor no longer. */
  private void addLayer(Fd context, String lower) throws IOException {
    try (Fd place = calls.open(lower, OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
      calls.fsconfigSet(context, "lowerdir+", place.procPath());
    }
  }

  private String value(String path, List<Fd> places) throws IOException {
    // For a backslash kernels disagree whether it must be escaped.
    if (path.indexOf('\\') < 0 && PathBytes.encode(path).length <= MAX_VALUE) {
      return path;
    }
    Fd place = calls.open(path, OpenFlags.PATH | OpenFlags.DIRECTORY, 0);
    places.add(place);
    return place.procPath();
  }

  /** The kernel makes no overlay of one layer alone; a copy of its mount is the same thing. */
  private Fd readOnlyCopy(String lower) throws IOException {
    Fd copy = calls.openTree(Fd.CWD, lower, MountFlags.OPEN_TREE_CLONE);
    try {
      calls.mountSetattr(copy, 0, MountFlags.ATTR_RDONLY, 0, MountFlags.MS_PRIVATE, null);
      return copy;
    } catch (IOException e) {
      copy.close();
      throw e;
    }
  }

  /**
   * The kernel leaves this mark in the work directory of a volatile overlay and refuses to mount it
   * again. Who mounts it again after a crash has decided to trust its content.
   */
  private static void forgetVolatile(Path work) throws IOException {
    Path mark = work.resolve("work/incompat/volatile");
    Files.deleteIfExists(mark.resolve("dirty"));
    Files.deleteIfExists(mark);
  }
}
