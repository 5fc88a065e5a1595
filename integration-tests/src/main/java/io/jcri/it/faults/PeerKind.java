package io.jcri.it.faults;

import io.jcri.it.kit.ContainerdUnderTest;
import io.jcri.it.kit.DaemonUnderTest;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeUnderTest;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The runtimes that can be asked the same. */
enum PeerKind {
  JCRI {
    @Override
    RuntimeUnderTest start(RuntimeUnderTest.Settings settings, LocalRegistry registry)
        throws IOException {
      return DaemonUnderTest.start(settings);
    }

    @Override
    List<Path> folders(Scratch scratch) {
      return List.of(
          scratch.disk().resolve("lib"),
          scratch.state().resolve("d"),
          scratch.disk().resolve("cni"));
    }

    @Override
    boolean isThere() {
      return true;
    }
  },
  CONTAINERD {
    @Override
    RuntimeUnderTest start(RuntimeUnderTest.Settings settings, LocalRegistry registry)
        throws IOException {
      Path binaries =
          Tools.containerd()
              .orElseThrow(() ->
                  new IOException("there is no containerd 2; JCRI_CONTAINERD names its program"));
      return ContainerdUnderTest.start(
          settings, binaries, registry.push("pause", "1", TestImages.pause()));
    }

    @Override
    List<Path> folders(Scratch scratch) {
      return List.of(
          scratch.disk().resolve("lib"),
          scratch.state().resolve("run"),
          scratch.state().resolve("s"));
    }

    @Override
    boolean isThere() {
      return Tools.containerd().isPresent();
    }
  };

  /** Starts it with its folders below those of the settings. */
  abstract RuntimeUnderTest start(RuntimeUnderTest.Settings settings, LocalRegistry registry)
      throws IOException;

  /** Where it keeps what it knows of pods and containers. */
  abstract List<Path> folders(Scratch scratch);

  /** Whether it can be started on this machine. */
  abstract boolean isThere();

  /** The one of that name. */
  static Optional<PeerKind> named(String name) {
    return List.of(values()).stream().filter(each -> each.toString().equals(name)).findAny();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
