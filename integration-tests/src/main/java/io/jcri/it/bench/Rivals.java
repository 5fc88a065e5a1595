package io.jcri.it.bench;

import io.jcri.it.kit.ContainerdUnderTest;
import io.jcri.it.kit.DaemonUnderTest;
import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.kit.RuntimeUnderTest.Settings;
import io.jcri.it.kit.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The runtimes that are measured beside each other, ours first.
 *
 * @param daemon ours
 * @param all of them
 */
record Rivals(DaemonUnderTest daemon, List<Rival> all, List<Scratch> folders)
    implements AutoCloseable {
  /**
   * Starts them, or connects to one that runs.
   *
   * @param room where each has a folder for all that it keeps
   */
  static Rivals start(Options options, Path room, PodNetwork network, BenchImages images)
      throws IOException {
    List<Scratch> folders = new ArrayList<>();
    Scratch scratch = Scratch.createOn(room);
    folders.add(scratch);
    Path none = Files.createDirectories(scratch.disk().resolve("certs.d"));
    Settings settings = new Settings(scratch, none, network.folder(), handlers(options));
    DaemonUnderTest daemon = DaemonUnderTest.start(settings, "--log-level", "debug");
    List<Rival> all = new ArrayList<>();
    all.add(Rival.of("jcri", daemon, scratch.disk().resolve("pods")));
    Rivals rivals = new Rivals(daemon, all, folders);
    try {
      rivals.addOther(options, room, settings, images);
    } catch (IOException | RuntimeException e) {
      rivals.close();
      throw e;
    }
    return rivals;
  }

  private static Map<String, HandlerUnderTest> handlers(Options options) throws IOException {
    return options.handler().isPresent()
        ? Map.of(options.handler().get(), HandlerUnderTest.named(options.handler().get()))
        : Map.of();
  }

  /** The one that ours is held against, when there is one. */
  private void addOther(Options options, Path room, Settings settings, BenchImages images)
      throws IOException {
    Scratch scratch = Scratch.createOn(room);
    folders.add(scratch);
    Path logs = scratch.disk().resolve("pods");
    if (options.containerd().isPresent()) {
      ContainerdUnderTest containerd =
          ContainerdUnderTest.start(
              new Settings(
                  scratch, settings.registries(), settings.networks(), settings.handlers()),
              options.containerd().get().resolveSibling(".").normalize(),
              images.pause());
      all.add(Rival.of("containerd", containerd, logs));
    } else if (options.containerdSocket().isPresent()) {
      all.add(Rival.at("containerd", options.containerdSocket().get(), logs));
    }
  }

  @Override
  public void close() throws IOException {
    try {
      closeAll(all.reversed());
    } finally {
      closeAll(folders.reversed());
    }
  }

  /** Each, whatever becomes of those before it. */
  private static void closeAll(List<? extends AutoCloseable> things) throws IOException {
    IOException failed = new IOException("the runtimes could not be put away");
    for (AutoCloseable thing : things) {
      try {
        thing.close();
      } catch (Exception e) {
        failed.addSuppressed(e);
      }
    }
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }
}
