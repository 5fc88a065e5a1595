package io.jcri.daemon.check;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.system.Sizes;
import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileSystemStat;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.mount.MountInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The file systems below jcri's two folders: kind, options, room. */
final class DiskCheck implements Check {
  /** Where the kubelet begins to evict pods by default: less room, or fewer inodes, than that. */
  private static final double EVICTS_BYTES = 0.10;

  private static final double EVICTS_FILES = 0.05;

  /** With less than that not even a small image fits. */
  private static final long LEAST_BYTES = 256L << 20;

  /** An overlay cannot have its writable layer on these. */
  private static final Set<String> NO_UPPER =
      Set.of("overlay", "nfs", "nfs4", "cifs", "smb3", "vfat", "exfat", "9p", "squashfs", "erofs");

  private static final String MOVE =
      "Mount a disk with ext4 or xfs there, or set root in /etc/jcri/config.toml to a folder on one.";

  @Override
  public String about() {
    return "disk";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    DaemonConfig config = node.config();
    List<MountInfo> mounts = MountInfo.parseAll(node.text("proc/self/mountinfo").orElse(""));
    List<Finding> findings = new ArrayList<>();
    Path root = existing(config.root());
    Optional<MountInfo> mount = mountOf(mounts, root);
    findings.add(kind("disk.root", config.root(), mount, tellsTypes(root)));
    findings.add(room("disk.rootSpace", config.root(), root));
    Path state = existing(config.state());
    findings.add(options("disk.state", config.state(), mountOf(mounts, state)));
    findings.add(room("disk.stateSpace", config.state(), state));
    return findings;
  }

  /** The folder itself, or what it would be made in. */
  private static Path existing(Path folder) throws IOException {
    Path there = folder.toAbsolutePath();
    while (!Files.isDirectory(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there.toRealPath();
  }

  /** The mount that a path is on: the last of those that reach furthest. */
  static Optional<MountInfo> mountOf(List<MountInfo> mounts, Path path) {
    return mounts.stream()
        .filter(mount -> path.startsWith(mount.mountPoint()))
        .max(
            Comparator.<MountInfo>comparingInt(mount -> mount.mountPoint().length())
                .thenComparingInt(mounts::indexOf));
  }

  /** An overlay needs to be told the types of names: xfs made with ftype=0 does not. */
  private static boolean tellsTypes(Path folder) throws IOException {
    try (Fd directory = Linux.get().open(folder.toString(), OpenFlags.DIRECTORY, 0)) {
      return Linux.get().listSome(directory).stream()
          .mapToInt(DirectoryEntry::type)
          .noneMatch(type -> type == 0);
    }
  }

  static Finding kind(String name, Path folder, Optional<MountInfo> mount, boolean tellsTypes) {
    String type = mount.map(MountInfo::type).orElse("unknown");
    if (NO_UPPER.contains(type) || type.startsWith("fuse")) {
      return Finding.fail(
          name, folder + " is on " + type + ", which cannot hold containers' layers", MOVE);
    }
    if (!tellsTypes) {
      return Finding.fail(
          name, folder + " is on " + type + " without types in directories (ftype=0)", MOVE);
    }
    return options(name, folder, mount);
  }

  static Finding options(String name, Path folder, Optional<MountInfo> mount) {
    if (mount.isEmpty()) {
      return Finding.warn(
          name, folder + " is on an unknown file system", "Run it as root: sudo jcri check");
    }
    Set<String> options = Set.of(mount.get().options().split(","));
    List<String> bad =
        List.of("ro", "noexec", "nodev", "nosuid").stream()
            .filter(options::contains)
            .filter(option -> !name.equals("disk.state") || option.equals("ro"))
            .toList();
    String at = mount.get().mountPoint();
    String seen = "%s is on %s at %s".formatted(folder, mount.get().type(), at);
    if (bad.isEmpty()) {
      return Finding.ok(name, seen);
    }
    String remedy =
        "Mount it without: mount -o remount,rw,exec,dev,suid " + at + ", and in /etc/fstab.";
    String told = seen + ", mounted " + String.join(",", bad);
    return bad.contains("ro") || bad.contains("noexec")
        ? Finding.fail(name, told, remedy)
        : Finding.warn(name, told + ": programs with such rights fail in containers", remedy);
  }

  private static Finding room(String name, Path folder, Path there) throws IOException {
    return room(name, folder, Linux.get().statfs(there.toString()));
  }

  static Finding room(String name, Path folder, FileSystemStat stat) {
    long free = stat.availableBlocks() * stat.blockSize();
    long all = stat.blocks() * stat.blockSize();
    String seen =
        "%s of %s free%s"
            .formatted(
                Sizes.of(free),
                Sizes.of(all),
                stat.files() == 0
                    ? ""
                    : ", %d %% of inodes".formatted(100 * stat.freeFiles() / stat.files()));
    String remedy = "Make room: jcri gc --all, or more of it below " + folder + ".";
    boolean state = name.startsWith("disk.state");
    if (free < (state ? LEAST_BYTES / 16 : LEAST_BYTES)) {
      return Finding.fail(name, seen, remedy);
    }
    boolean bytes = free < all * EVICTS_BYTES;
    boolean files = stat.files() > 0 && stat.freeFiles() < stat.files() * EVICTS_FILES;
    return bytes || files
        ? Finding.warn(name, seen + ": the kubelet evicts pods by default", remedy)
        : Finding.ok(name, seen);
  }
}
