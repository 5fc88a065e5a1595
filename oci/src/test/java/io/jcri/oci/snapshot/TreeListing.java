package io.jcri.oci.snapshot;

import io.jcri.oci.Digest;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a file tree is, one line a file, so that two trees can be compared and a difference
 * read.
 */
public final class TreeListing {

  private static final Syscalls SYS = Linux.get();

  private TreeListing() {}

  public static SortedMap<String, String> of(Path root) throws IOException {
    SortedMap<String, String> lines = new TreeMap<>();
    add(root, "", lines, new TreeMap<>());
    return lines;
  }

  private static void add(
      Path root, String path, SortedMap<String, String> lines, Map<Long, String> inodes)
      throws IOException {
    String full = path.isEmpty() ? root.toString() : root + "/" + path;
    FileStat stat = SYS.fstatat(Fd.CWD, full);
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%o %d:%d %d.%09d",
            stat.mode(), stat.uid(), stat.gid(), stat.modifiedSec(), stat.modifiedNs()));
    if (stat.isRegular()) {
      line.append(" size=").append(stat.size()).append(" sha=").append(hash(full));
    } else if (stat.isLink()) {
      line.append(" -> ").append(SYS.readlinkat(Fd.CWD, full));
    } else if (!stat.isDirectory()) {
      line.append(" dev=").append(stat.rdevMajor()).append(':').append(stat.rdevMinor());
    }
    if (!stat.isDirectory() && stat.links() > 1) {
      line.append(" same=").append(inodes.computeIfAbsent(stat.inode(), i -> path));
    }
    for (String name : SYS.llistxattr(full).stream().sorted().toList()) {
      byte[] value = SYS.lgetxattr(full, name).orElseThrow();
      line.append(' ').append(name).append('=').append(HexFormat.of().formatHex(value));
    }
    lines.put(path, line.toString());
    if (stat.isDirectory()) {
      try (Fd directory = SYS.open(full, OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0)) {
        for (DirectoryEntry entry :
            SYS.list(directory).stream()
                .sorted(java.util.Comparator.comparing(DirectoryEntry::name))
                .toList()) {
          add(root, path.isEmpty() ? entry.name() : path + "/" + entry.name(), lines, inodes);
        }
      }
    }
  }

  private static String hash(String file) throws IOException {
    MessageDigest digest = Digest.newSha256();
    // By its descriptor, since Path does not take every name.
    try (Fd open = SYS.open(file, OpenFlags.READ_ONLY, 0);
        InputStream in = Files.newInputStream(Path.of(open.procPath()))) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
  }
}
