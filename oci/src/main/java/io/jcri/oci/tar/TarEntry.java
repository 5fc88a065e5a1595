package io.jcri.oci.tar;

import java.util.Map;

/**
 * One member of a tar archive, with PAX and GNU extensions applied.
 *
 * <p>File names on Linux are bytes: {@code name}, {@code linkName} and the keys of {@code xattrs}
 * are as {@link io.jcri.sandbox.linux.PathBytes} has them, so that a name in any encoding survives;
 * {@link #shown} is for messages.
 *
 * @param name as in the archive: it may be absolute, hold {@code ..} or end in a slash
 * @param linkName target of a symbolic link, or name of the member that a hard link is to; else
 *     empty
 * @param mode permission bits with setuid, setgid and sticky
 * @param uid 0 to 2^32-2
 * @param gid 0 to 2^32-2
 * @param size bytes of the file when unpacked, holes included; 0 for all but files
 * @param mtimeSeconds since 1970, may be negative
 * @param mtimeNanos 0 to 999,999,999
 * @param sparse whether the data comes with holes
 */
public record TarEntry(
    Type type,
    String name,
    String linkName,
    int mode,
    long uid,
    long gid,
    long size,
    long mtimeSeconds,
    int mtimeNanos,
    int deviceMajor,
    int deviceMinor,
    Map<String, byte[]> xattrs,
    boolean sparse) {

  public enum Type {
    FILE,
    DIRECTORY,
    SYMLINK,
    HARD_LINK,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    FIFO
  }

  /** The name as a person reads it, at most 200 characters. */
  public String shown() {
    return shown(name);
  }

  /** A name as a person reads it: bytes that are no text replaced, at most 200 characters. */
  public static String shown(String name) {
    String cut = name.length() <= 200 ? name : name.substring(0, 200) + "...";
    StringBuilder clean = new StringBuilder(cut.length());
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      clean.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return clean.toString();
  }
}
