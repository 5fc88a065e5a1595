package io.jcri.oci.file;

import io.jcri.oci.tar.TarEntry;
import io.jcri.sandbox.linux.FileStat;
import java.util.Map;

/** Owner, mode, time and extended attributes of a file in a layer; units as in {@link TarEntry}. */
public record Attributes(
    int mode, long uid, long gid, long mtimeSeconds, int mtimeNanos, Map<String, byte[]> xattrs) {

  public static Attributes of(TarEntry entry) {
    return new Attributes(
        entry.mode(),
        entry.uid(),
        entry.gid(),
        entry.mtimeSeconds(),
        entry.mtimeNanos(),
        entry.xattrs());
  }

  public static Attributes of(FileStat stat, Map<String, byte[]> xattrs) {
    return new Attributes(
        stat.permissions(), stat.uid(), stat.gid(), stat.modifiedSec(), stat.modifiedNs(), xattrs);
  }

  /** Whether who unpacks as root owns it already. */
  boolean isRoots() {
    return uid == 0 && gid == 0;
  }
}
