package io.jcri.it.kit;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * One member of a layer. Immutable; the {@code with} methods give changed copies.
 *
 * @param path relative to the root, without a leading slash
 * @param link the target of a symbolic or hard link, else empty
 * @param mode permission bits, with set-user-ID and the like
 * @param size of a file, in bytes
 * @param major of a device, else 0
 * @param minor of a device, else 0
 * @param xattrs extended attributes by full name, such as {@code security.capability}
 */
public record TarEntry(
    Type type,
    String path,
    String link,
    int mode,
    long uid,
    long gid,
    Instant modified,
    long size,
    Blob.Source content,
    int major,
    int minor,
    Map<String, byte[]> xattrs) {

  /** The kinds of member, by the type flag of POSIX ustar. */
  public enum Type {
    FILE('0'),
    HARD_LINK('1'),
    SYMBOLIC_LINK('2'),
    CHARACTER_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6');

    private final char flag;

    Type(char flag) {
      this.flag = flag;
    }

    char flag() {
      return flag;
    }
  }

  /** When everything in a test image was made, so that its digest is the same on every run. */
  public static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  private static final Blob.Source NOTHING = InputStream::nullInputStream;

  private static TarEntry of(Type type, String path, String link, int mode) {
    return new TarEntry(type, path, link, mode, 0, 0, EPOCH, 0, NOTHING, 0, 0, Map.of());
  }

  /** A directory of root. */
  public static TarEntry directory(String path, int mode) {
    return of(Type.DIRECTORY, path, "", mode);
  }

  /** A file of root. */
  public static TarEntry file(String path, int mode, byte[] content) {
    return file(path, mode, content.length, () -> new ByteArrayInputStream(content));
  }

  /** A file of root whose content need not be in memory; it must have {@code size} bytes. */
  public static TarEntry file(String path, int mode, long size, Blob.Source content) {
    return new TarEntry(Type.FILE, path, "", mode, 0, 0, EPOCH, size, content, 0, 0, Map.of());
  }

  /** A text file of root that everyone may read. */
  public static TarEntry file(String path, String content) {
    return file(path, 0644, content.getBytes(StandardCharsets.UTF_8));
  }

  /** A symbolic link to a target that need not exist. */
  public static TarEntry symbolicLink(String path, String target) {
    return of(Type.SYMBOLIC_LINK, path, target, 0777);
  }

  /** A second name of a member of the same layer; its mode must be that member's. */
  public static TarEntry hardLink(String path, String target, int mode) {
    return of(Type.HARD_LINK, path, target, mode);
  }

  /** A device node. */
  public static TarEntry device(Type type, String path, int mode, int major, int minor) {
    return new TarEntry(type, path, "", mode, 0, 0, EPOCH, 0, NOTHING, major, minor, Map.of());
  }

  /** A named pipe. */
  public static TarEntry fifo(String path, int mode) {
    return of(Type.FIFO, path, "", mode);
  }

  /** Says that the lower layers' {@code path} is gone. */
  public static TarEntry whiteout(String path) {
    int slash = path.lastIndexOf('/') + 1;
    return of(Type.FILE, path.substring(0, slash) + ".wh." + path.substring(slash), "", 0644);
  }

  /** Says that nothing of the lower layers shows in {@code directory}. */
  public static TarEntry opaque(String directory) {
    return of(Type.FILE, directory + "/.wh..wh..opq", "", 0644);
  }

  /** Returns this entry with another owner; the ids may need all of 32 bits. */
  public TarEntry withOwner(long newUid, long newGid) {
    return new TarEntry(
        type, path, link, mode, newUid, newGid, modified, size, content, major, minor, xattrs);
  }

  /** Returns this entry with another time of change, to the nanosecond. */
  public TarEntry withModified(Instant time) {
    return new TarEntry(
        type, path, link, mode, uid, gid, time, size, content, major, minor, xattrs);
  }

  /** Returns this entry with one more extended attribute. */
  public TarEntry withXattr(String name, byte[] value) {
    Map<String, byte[]> more = new TreeMap<>(xattrs);
    more.put(name, value);
    return new TarEntry(
        type, path, link, mode, uid, gid, modified, size, content, major, minor, more);
  }
}
