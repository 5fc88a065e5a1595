package io.jcri.sandbox.cgroup;

/**
 * systemd's names of groups and where they lie (systemd.slice(5)): slice {@code a-b.slice} is
 * nested in {@code a.slice}.
 */
public final class SystemdPaths {
  private static final String SLICE = ".slice";

  private SystemdPaths() {}

  /** Whether it is a slice's name. */
  public static boolean isSlice(String slice) {
    String name = slice.endsWith(SLICE) ? slice.substring(0, slice.length() - SLICE.length()) : "";
    return slice.equals("-" + SLICE)
        || (!name.isEmpty()
            && name.chars().noneMatch(c -> c == '/' || c == 0)
            && !name.startsWith("-")
            && !name.endsWith("-")
            && !name.contains("--"));
  }

  /**
   * The directory of a slice: {@code kubepods-burstable.slice} is {@code
   * /kubepods.slice/kubepods-burstable.slice}; {@code -.slice} is the empty path.
   *
   * @throws IllegalArgumentException when it is no slice's name
   */
  public static String sliceDirectory(String slice) {
    if (slice.equals("-" + SLICE)) {
      return "";
    }
    if (!isSlice(slice)) {
      throw new IllegalArgumentException("invalid slice name \"" + slice + "\"");
    }
    String name = slice.substring(0, slice.length() - SLICE.length());
    StringBuilder directory = new StringBuilder();
    for (int dash = name.indexOf('-'); dash >= 0; dash = name.indexOf('-', dash + 1)) {
      directory.append('/').append(name, 0, dash).append(SLICE);
    }
    return directory.append('/').append(slice).toString();
  }

  /** The scope of a container, as OCI runtimes name it. */
  public static String scopeName(String prefix, String name) {
    String stem = prefix.isEmpty() ? name : prefix + "-" + name;
    return name.endsWith(SLICE) ? name : stem + ".scope";
  }

  /**
   * The path of a group: {@code slice:prefix:name}, as runc takes it with systemd, becomes that of
   * its scope; a slice's name its directory; any other path stays.
   *
   * @throws IllegalArgumentException when the slice's name is none
   */
  public static String resolve(String cgroupsPath) {
    String[] parts = cgroupsPath.split(":", -1);
    if (parts.length == 3) {
      String slice = parts[0].isEmpty() ? "system" + SLICE : parts[0];
      return sliceDirectory(lastStep(slice)) + "/" + scopeName(parts[1], parts[2]);
    }
    if (cgroupsPath.endsWith(SLICE) && cgroupsPath.indexOf('/') < 0) {
      return sliceDirectory(cgroupsPath);
    }
    return cgroupsPath;
  }

  /** The kubelet may give a slice as its whole directory. */
  private static String lastStep(String slice) {
    return slice.substring(slice.lastIndexOf('/') + 1);
  }
}
