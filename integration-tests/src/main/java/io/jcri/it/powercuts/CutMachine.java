package io.jcri.it.powercuts;

import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeProcess;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A machine whose power can be cut: the daemon and all that it starts in a pid and a mount
 * namespace of their own, with a boot ID of their own, its root on a {@link CutDisk}, its state on
 * a tmpfs. A registry beside it goes on. For one thread, but for {@link #client} and {@link
 * #hasPower}.
 */
final class CutMachine implements AutoCloseable {
  private static final long RUN = ProcessHandle.current().pid();
  private static final String BRIDGE = "jctc" + RUN;
  private static final String CGROUP = "jctcuts" + RUN;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Gives a new process tree another boot's ID, runs the daemon and reaps what that leaves. */
  private static final String INIT =
      "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && { \"$@\" & wait; }";

  private final Scratch scratch;
  private final MountRoom room;
  private final CutDisk disk;
  private final LocalRegistry registry;
  private final Path configuration;
  private @Nullable RuntimeProcess run;
  private @Nullable CriClient client;

  private CutMachine(Scratch scratch, MountRoom room, CutDisk disk, LocalRegistry registry)
      throws IOException {
    this.scratch = scratch;
    this.room = room;
    this.disk = disk;
    this.registry = registry;
    this.configuration = scratch.disk().resolve("config.toml");
    Files.writeString(configuration, configuration());
  }

  /**
   * Makes one, which is off yet.
   *
   * @param type of the disk's file system
   */
  static CutMachine make(String type) throws IOException {
    Scratch scratch = Scratch.create();
    Path memory = Files.createDirectories(scratch.disk().resolve("memory"));
    Command.of("mount", "-t", "tmpfs", "-o", "size=2g", "jct", memory.toString()).run().orThrow();
    MountRoom room = MountRoom.open();
    room.tmpfs(Files.createDirectories(state(scratch)));
    CutDisk disk = CutDisk.make(room, memory, Files.createDirectories(lib(scratch)), type, 1536);
    LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"));
    return new CutMachine(scratch, room, disk, registry);
  }

  private static Path state(Scratch scratch) {
    return scratch.state().resolve("d");
  }

  private static Path lib(Scratch scratch) {
    return scratch.disk().resolve("lib");
  }

  /** Where what is on the disk lies, as seen from outside. */
  Path lib() {
    return room.see(lib(scratch));
  }

  /** The daemon's root. */
  Path root() {
    return lib().resolve("jcri");
  }

  /** The daemon's state, gone with the power. */
  Path state() {
    return room.see(state(scratch));
  }

  Path log() {
    return scratch.disk().resolve("jcri.log");
  }

  LocalRegistry registry() {
    return registry;
  }

  /** The parent of all cgroups of this machine's pods. */
  String cgroup() {
    return "/" + CGROUP;
  }

  /** A client of the daemon that runs. */
  CriClient client() {
    if (client == null) {
      throw new IllegalStateException("the machine is off");
    }
    return client;
  }

  /** Whether what somebody was told until now was told before the power went. */
  boolean hasPower() {
    return disk.hasPower();
  }

  /** Boots: starts the daemon and waits until it serves. Returns how long that took. */
  Duration boot() throws IOException {
    Path bootId = scratch.disk().resolve("boot_id");
    Files.writeString(bootId, UUID.randomUUID() + "\n");
    List<String> command = new ArrayList<>(room.enter());
    command.addAll(List.of("unshare", "--mount", "--pid", "--fork"));
    command.addAll(List.of("--kill-child", "--mount-proc", "--", "sh", "-c", INIT));
    command.add(bootId.toString());
    command.add(Workspace.distribution().resolve("bin/jcri").toString());
    command.addAll(List.of("daemon", "--config", configuration.toString()));
    long begin = System.nanoTime();
    run = RuntimeProcess.start(command, log(), socket());
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    closeClient();
    client = new CriClient(socket());
    return took;
  }

  /** Not before those who call have been told that the daemon is gone. */
  private void closeClient() {
    if (client != null) {
      client.close();
      client = null;
    }
  }

  private Path socket() {
    return state().resolve("jcri.sock");
  }

  /** The first process of the machine, as this one's namespace counts. */
  long init() {
    if (run == null) {
      throw new IllegalStateException("the machine is off");
    }
    return run.handle().children().findFirst().orElseThrow().pid();
  }

  /** What runs on the machine but the daemon, its pull worker, its watchers and its init. */
  List<String> commands() {
    if (run == null) {
      throw new IllegalStateException("the machine is off");
    }
    return run.handle()
        .descendants()
        .flatMap(each -> each.info().command().stream())
        .map(each -> String.valueOf(Path.of(each).getFileName()))
        .toList();
  }

  /** The machine's mounts below its folders, beside those that it has from the start. */
  List<String> mounts() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + init() + "/mountinfo"))) {
      return lines
          .map(line -> line.split(" ", -1)[4])
          .filter(
              path -> path.startsWith(lib(scratch) + "/") || path.startsWith(state(scratch) + "/"))
          .toList();
    }
  }

  CutDisk disk() {
    return disk;
  }

  /**
   * Waits for the cut that the disk was asked for: then every process ends, and the disk is mounted
   * again as after a boot.
   */
  CutDisk.Cut awaitCut(Duration atMost) throws IOException, InterruptedException {
    CutDisk.Cut cut = disk.awaitCut(atMost);
    kill();
    disk.unmountAndPowerOn();
    forgetKernelState();
    disk.mount();
    return cut;
  }

  private void kill() throws IOException {
    if (run == null) {
      return;
    }
    List<ProcessHandle> all = run.handle().descendants().toList();
    run.kill();
    run = null;
    Waiting.until(
        PATIENCE,
        () -> all.stream().noneMatch(ProcessHandle::isAlive),
        () -> "processes of a machine without power go on");
  }

  /** What a boot takes away, and namespaces don't. */
  private void forgetKernelState() throws IOException {
    room.run("umount", state(scratch).toString());
    room.tmpfs(state(scratch));
    if (Files.exists(Path.of("/sys/class/net", BRIDGE))) {
      Command.of("ip", "link", "delete", BRIDGE).run().orThrow();
    }
    for (String family : List.of("ip", "ip6")) {
      Command.of("nft", "delete", "table", family, "jcri-" + BRIDGE).run();
    }
    try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
      for (Path each : hierarchies.toList()) {
        removeGroups(each.resolve(CGROUP));
      }
    }
    removeGroups(Path.of("/sys/fs/cgroup", CGROUP));
  }

  /** A group of processes that have just ended may stay for a moment. */
  private static void removeGroups(Path top) throws IOException {
    Waiting.until(
        PATIENCE, () -> Files.notExists(top) || isRemoved(top), () -> top + " is still in use");
  }

  private static boolean isRemoved(Path top) throws IOException {
    try {
      Files.walkFileTree(
          top,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult postVisitDirectory(Path group, @Nullable IOException failure)
                throws IOException {
              Files.delete(group);
              return FileVisitResult.CONTINUE;
            }
          });
      return true;
    } catch (NoSuchFileException gone) {
      return false;
    } catch (DirectoryNotEmptyException busy) {
      return false;
    } catch (java.nio.file.FileSystemException busy) {
      return false;
    }
  }

  private String configuration() throws IOException {
    return """
    root = "%s"
    state = "%s"
    cgroup_driver = "cgroupfs"

    [network]
    configurations = "%s"
    plugins = ["%s"]
    cache = "%s"
    bridge = "%s"
    pod_cidr = "10.%d.0.0/24"

    [nri]
    enabled = false

    [images]
    registry_directories = ["%s"]
    """
        .formatted(
            lib(scratch).resolve("jcri"),
            state(scratch),
            lib(scratch).resolve("net.d"),
            CniNetwork.PLUGINS,
            lib(scratch).resolve("cni"),
            BRIDGE,
            200 + RUN % 50,
            Files.createDirectories(scratch.disk().resolve("certs.d")));
  }

  @Override
  public void close() throws IOException {
    try {
      kill();
      closeClient();
    } finally {
      registry.close();
      disk.close();
      forgetKernelState();
      room.close();
      Command.of("umount", scratch.disk().resolve("memory").toString()).run().orThrow();
      scratch.close();
    }
  }
}
