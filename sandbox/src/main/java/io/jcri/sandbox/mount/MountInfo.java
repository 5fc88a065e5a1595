package io.jcri.sandbox.mount;

import io.jcri.sandbox.linux.PathBytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). Paths are text, not {@link
 * java.nio.file.Path}: a mount of someone else may have a name that the daemon's locale cannot say.
 *
 * @param id of the mount
 * @param parentId of the mount it is attached to
 * @param major of the file system's device
 * @param minor of the file system's device
 * @param root the directory of the file system that is mounted
 * @param mountPoint where
 * @param options of this mount, comma separated
 * @param propagation see {@link Propagation}
 * @param type of the file system
 * @param source as its mounter gave it
 * @param superOptions of the file system, comma separated
 */
public record MountInfo(
    int id,
    int parentId,
    int major,
    int minor,
    String root,
    String mountPoint,
    String options,
    Propagation propagation,
    String type,
    String source,
    String superOptions) {

  /** Whether this mount can only be read. */
  public boolean readOnly() {
    return List.of(options.split(",", -1)).contains("ro");
  }

  /** Whether it is mounted on {@code path} or on anything below. */
  public boolean isAtOrBelow(String path) {
    return mountPoint.equals(path)
        || path.equals("/")
        || (mountPoint.startsWith(path) && mountPoint.charAt(path.length()) == '/');
  }

  /** Reads a whole table; a line that is none is left out. */
  public static List<MountInfo> parseAll(String table) {
    List<MountInfo> mounts = new ArrayList<>();
    for (String line : table.split("\n", -1)) {
      String[] fields = line.split(" ", -1);
      int dash = separator(fields);
      if (dash >= 0) {
        mounts.add(parse(fields, dash));
      }
    }
    return mounts;
  }

  /** The index of the field that ends the optional ones, or -1 when the line is too short. */
  private static int separator(String[] fields) {
    for (int i = 6; i < fields.length - 3; i++) {
      if (fields[i].equals("-")) {
        return i;
      }
    }
    return -1;
  }

  private static MountInfo parse(String[] fields, int dash) {
    String[] device = fields[2].split(":", 2);
    return new MountInfo(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        Integer.parseInt(device[0]),
        Integer.parseInt(device[1]),
        unescape(fields[3]),
        unescape(fields[4]),
        fields[5],
        propagation(fields, dash),
        unescape(fields[dash + 1]),
        unescape(fields[dash + 2]),
        unescape(fields[dash + 3]));
  }

  private static Propagation propagation(String[] fields, int dash) {
    Propagation found = Propagation.PRIVATE;
    for (int i = 6; i < dash; i++) {
      if (fields[i].startsWith("shared:")) {
        return Propagation.SHARED;
      } else if (fields[i].startsWith("master:")) {
        found = Propagation.SLAVE;
      } else if (fields[i].equals("unbindable")) {
        found = Propagation.UNBINDABLE;
      }
    }
    return found;
  }

  /** The kernel writes blank, tab, newline and backslash as three octal digits. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    byte[] bytes = PathBytes.encode(field);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    int i = 0;
    while (i < bytes.length) {
      if (bytes[i] == '\\' && i + 3 < bytes.length && isOctal(bytes, i + 1)) {
        out.write(((bytes[i + 1] - '0') << 6) | ((bytes[i + 2] - '0') << 3) | (bytes[i + 3] - '0'));
        i += 4;
      } else {
        out.write(bytes[i]);
        i++;
      }
    }
    return PathBytes.decode(out.toByteArray());
  }

  private static boolean isOctal(byte[] bytes, int from) {
    for (int i = from; i < from + 3; i++) {
      if (bytes[i] < '0' || bytes[i] > '7') {
        return false;
      }
    }
    return true;
  }
}
