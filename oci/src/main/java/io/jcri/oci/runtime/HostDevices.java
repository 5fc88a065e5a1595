package io.jcri.oci.runtime;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.DeviceNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds device nodes of the host for containers. */
public final class HostDevices {
  private static final int TYPE_MASK = 0170000;
  private static final int CHARACTER = 0020000;
  private static final int BLOCK = 0060000;

  /**
   * Directories and nodes that every container has its own of, or that belong to the host's
   * terminals.
   */
  private static final Set<String> NOT_SHARED =
      Set.of("pts", "shm", "fd", "mqueue", "hugepages", ".lxc", ".lxd-mounts", ".udev", "console");

  private HostDevices() {}

  /**
   * All devices of a directory tree: what a privileged container sees. Links are skipped, entries
   * that vanish meanwhile too.
   *
   * @param dev the host's /dev
   * @throws OciException INTERNAL when a directory cannot be read
   */
  public static List<DeviceNode> all(Path dev) {
    List<DeviceNode> found = new ArrayList<>();
    walk(dev, dev.toString(), found);
    found.sort(Comparator.comparing(DeviceNode::path));
    return List.copyOf(found);
  }

  /**
   * The device that a container asks for, or all devices below it when it is a directory.
   *
   * @param hostPath links are followed
   * @param containerPath where it (or the directory) shows up
   * @throws OciException INVALID when there is no such device
   */
  public static List<DeviceNode> at(Path hostPath, String containerPath) {
    try {
      Path real = hostPath.toRealPath();
      if (Files.isDirectory(real)) {
        List<DeviceNode> found = new ArrayList<>();
        walk(real, containerPath, found);
        found.sort(Comparator.comparing(DeviceNode::path));
        return List.copyOf(found);
      }
      return List.of(
          node(real, containerPath)
              .orElseThrow(
                  () -> new OciException(Kind.INVALID, hostPath + " is not a device node")));
    } catch (NoSuchFileException e) {
      throw new OciException(Kind.INVALID, "device " + hostPath + " does not exist", e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot look at device " + hostPath, e);
    }
  }

  /**
   * One device of the host; empty when there is none at that path.
   *
   * @param hostPath links are followed
   */
  public static Optional<DeviceNode> find(Path hostPath, String containerPath) {
    try {
      return node(hostPath.toRealPath(), containerPath);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw OciException.ofIo("cannot look at device " + hostPath, e);
    }
  }

  private static void walk(Path directory, String shownAs, List<DeviceNode> found) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        String path = shownAs + "/" + name;
        if (NOT_SHARED.contains(name)) {
          continue;
        }
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          walk(entry, path, found);
        } else {
          nodeIfThere(entry, path).ifPresent(found::add);
        }
      }
    } catch (NoSuchFileException e) {
      return; // unplugged meanwhile
    } catch (IOException e) {
      throw OciException.ofIo("cannot list devices in " + directory, e);
    }
  }

  private static Optional<DeviceNode> nodeIfThere(Path file, String path) throws IOException {
    try {
      return node(file, path);
    } catch (NoSuchFileException e) {
      return Optional.empty(); // unplugged meanwhile
    }
  }

  /** Empty when the file is no device. */
  private static Optional<DeviceNode> node(Path file, String path) throws IOException {
    Map<String, Object> stat =
        Files.readAttributes(file, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
    int mode = number(stat, "mode").intValue();
    int type = mode & TYPE_MASK;
    if (type != CHARACTER && type != BLOCK) {
      return Optional.empty();
    }
    long device = number(stat, "rdev").longValue();
    return Optional.of(
        new DeviceNode(
            path,
            type == CHARACTER ? "c" : "b",
            major(device),
            minor(device),
            Optional.of(mode & 0777),
            Optional.of(number(stat, "uid").longValue() & 0xffff_ffffL),
            Optional.of(number(stat, "gid").longValue() & 0xffff_ffffL)));
  }

  private static Number number(Map<String, Object> stat, String name) throws IOException {
    if (stat.get(name) instanceof Number number) {
      return number;
    }
    throw new IOException("no " + name);
  }

  /** As gnu_dev_major(3). */
  static long major(long device) {
    return ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL & 0xffff_ffffL);
  }

  /** As gnu_dev_minor(3). */
  static long minor(long device) {
    return (device & 0xff) | ((device >>> 12) & ~0xffL & 0xffff_ffffL);
  }
}
