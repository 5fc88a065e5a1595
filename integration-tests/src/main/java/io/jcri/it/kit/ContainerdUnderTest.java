package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A containerd 2 with all its state in a test's folder: what our figures and our answers are held
 * against. It shows as well that a test is right when ours fails it.
 */
public final class ContainerdUnderTest implements RuntimeUnderTest {
  private final Scratch scratch;
  private final List<String> command;
  private RuntimeProcess run;

  private ContainerdUnderTest(Scratch scratch, List<String> command) throws IOException {
    this.scratch = scratch;
    this.command = command;
    this.run = RuntimeProcess.start(command, log(), socket());
  }

  /**
   * Starts a containerd.
   *
   * @param binaries a folder with containerd and containerd-shim-runc-v2
   * @param pauseImage which it makes sandboxes from; its registry must be in the settings
   */
  public static ContainerdUnderTest start(Settings settings, Path binaries, String pauseImage)
      throws IOException {
    Scratch scratch = settings.scratch();
    Path configuration = scratch.disk().resolve("config.toml");
    Files.writeString(configuration, configuration(settings, pauseImage));
    return new ContainerdUnderTest(
        scratch,
        List.of(
            "/usr/bin/env",
            "PATH=%s:/usr/sbin:/usr/bin:/sbin:/bin".formatted(binaries),
            binaries.resolve("containerd").toString(),
            "--config",
            configuration.toString()));
  }

  @Override
  public Path socket() {
    return socket(scratch);
  }

  @Override
  public ProcessHandle process() {
    return run.handle();
  }

  @Override
  public Path log() {
    return scratch.disk().resolve("containerd.log");
  }

  @Override
  public void kill() throws IOException {
    run.kill();
  }

  @Override
  public void start() throws IOException {
    run = RuntimeProcess.start(command, log(), socket());
  }

  @Override
  public void close() throws IOException {
    if (!run.handle().isAlive()) {
      start();
    }
    try (CriClient client = client()) {
      client.removeAllPods();
    } finally {
      run.stop();
      removeEmptyCgroups();
      PinnedNetworks.unmountBelow(scratch.state());
    }
  }

  /** It never removes the one that it makes for all pods without a parent. */
  private static void removeEmptyCgroups() throws IOException {
    Command.of(
            "find",
            "/sys/fs/cgroup",
            "-depth",
            "-type",
            "d",
            "-path",
            "*/k8s.io*",
            "-exec",
            "rmdir",
            "{}",
            "+")
        .run();
  }

  private static Path socket(Scratch scratch) {
    return scratch.state().resolve("containerd.sock");
  }

  private static String configuration(Settings settings, String pauseImage) throws IOException {
    StringBuilder configuration = new StringBuilder(general(settings, pauseImage));
    Map<String, HandlerUnderTest> handlers = new TreeMap<>(settings.handlers());
    handlers.putIfAbsent("runc", new HandlerUnderTest.Program(Path.of("runc")));
    for (var handler : handlers.entrySet()) {
      configuration
          .append("[plugins.\"io.containerd.cri.v1.runtime\".containerd.runtimes.")
          .append(handler.getKey())
          .append("]\n")
          .append(handler.getValue().containerd(settings.scratch()));
    }
    return configuration.toString();
  }

  private static String general(Settings settings, String pauseImage) {
    return """
    version = 3
    root = "%1$s"
    state = "%2$s"

    [grpc]
      address = "%3$s"

    [ttrpc]
      address = "%3$s.ttrpc"

    [plugins."io.containerd.cri.v1.images"]
      snapshotter = "overlayfs"
      [plugins."io.containerd.cri.v1.images".pinned_images]
        sandbox = "%4$s"
      [plugins."io.containerd.cri.v1.images".registry]
        config_path = "%5$s"

    [plugins."io.containerd.cri.v1.runtime"]
      restrict_oom_score_adj = true
      netns_mounts_under_state_dir = true
      [plugins."io.containerd.cri.v1.runtime".cni]
        bin_dirs = ["%6$s"]
        conf_dir = "%7$s"
      [plugins."io.containerd.cri.v1.runtime".containerd]
        default_runtime_name = "runc"

    [plugins."io.containerd.internal.v1.opt"]
      path = "%8$s"
    [plugins."io.containerd.nri.v1.nri"]
      socket_path = "%9$s"
    [plugins."io.containerd.shim.v1.manager"]
      socket_dir = "%10$s"
    """
        .formatted(
            settings.scratch().disk().resolve("lib"),
            settings.scratch().state().resolve("run"),
            socket(settings.scratch()),
            pauseImage,
            settings.registries(),
            CniNetwork.PLUGINS,
            settings.networks(),
            settings.scratch().disk().resolve("opt"),
            settings.scratch().state().resolve("nri.sock"),
            settings.scratch().state().resolve("s"));
  }
}
