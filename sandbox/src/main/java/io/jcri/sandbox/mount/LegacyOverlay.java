package io.jcri.sandbox.mount;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.MountFlags;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.PathBytes;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Overlays by mount(2), for kernels before 6.8, whose options must fit one page. Layers whose names
 * are too long together are named by descriptor, which makes room for about 300 of them.
 */
final class LegacyOverlay {
  private static final int PAGE = 4095;

  private final Syscalls calls;

  LegacyOverlay(Syscalls calls) {
    this.calls = calls;
  }

  /** A detached overlay; {@code target} is used to make it and is left as it was. */
  Fd make(List<String> lowers, List<String> options, int attributes, Path target)
      throws IOException {
    String rest = "," + String.join(",", options);
    String joined = lowers.stream().map(LegacyOverlay::escape).collect(Collectors.joining(":"));
    if (fits(joined, rest)) {
      return mount("lowerdir=" + joined + rest, attributes, target);
    }
    List<Fd> places = new ArrayList<>();
    try {
      for (String lower : lowers) {
        places.add(calls.open(lower, OpenFlags.PATH | OpenFlags.DIRECTORY, 0));
      }
      joined = places.stream().map(p -> "/dev/fd/" + p.number()).collect(Collectors.joining(":"));
      if (!fits(joined, rest)) {
        throw new ErrnoException(
            "mount overlay of " + lowers.size() + " layers on",
            Errno.E2BIG.number(),
            target.toString(),
            "this many need Linux 6.8");
      }
      return mount("lowerdir=" + joined + rest, attributes, target);
    } finally {
      places.forEach(Fd::close);
    }
  }

  private static boolean fits(String joined, String rest) {
    return PathBytes.encode("lowerdir=" + joined + rest).length <= PAGE;
  }

  /** mount(2) can only attach, so the mount is copied and then taken away. */
  private Fd mount(String data, int attributes, Path target) throws IOException {
    calls.mount("overlay", target.toString(), "overlay", 0, data);
    try {
      Fd copy = calls.openTree(Fd.CWD, target.toString(), MountFlags.OPEN_TREE_CLONE);
      try {
        calls.mountSetattr(copy, 0, attributes, 0, MountFlags.MS_PRIVATE, null);
        return copy;
      } catch (IOException e) {
        copy.close();
        throw e;
      }
    } finally {
      calls.umount2(target.toString(), MountFlags.MNT_DETACH | MountFlags.UMOUNT_NOFOLLOW);
    }
  }

  /** A path as an option's value, where colon, comma and backslash mean something. */
  static String escape(String path) {
    return path.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
  }
}
