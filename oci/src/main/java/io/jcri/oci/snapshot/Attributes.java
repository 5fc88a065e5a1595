package io.jcri.oci.snapshot;

import java.util.Map;

/** Owner, mode, time and extended attributes of a file in a layer; units as in {@link TarEntry}. */
record Attributes(
    int mode, long uid, long gid, long mtimeSeconds, int mtimeNanos, Map<String, byte[]> xattrs) {

  static Attributes of(TarEntry entry) {
    return new Attributes(
        entry.mode(),
        entry.uid(),
        entry.gid(),
        entry.mtimeSeconds(),
        entry.mtimeNanos(),
        entry.xattrs());
  }

  /** Whether who unpacks as root owns it already. */
  boolean isRoots() {
    return uid == 0 && gid == 0;
  }
}
