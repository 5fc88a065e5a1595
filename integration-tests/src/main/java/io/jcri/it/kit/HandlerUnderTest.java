package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What stands behind the name of a handler, as the configuration of each runtime says it. */
public sealed interface HandlerUnderTest {
  /** The handlers that {@link #named} knows. */
  List<String> NAMES = List.of("runc", "crun", "runsc");

  /** Returns what jcri's configuration has in the handler's table. */
  String jcri();

  /**
   * Returns what containerd's configuration has in the table of the runtime.
   *
   * @param scratch for the files that this speaks of
   */
  String containerd(Scratch scratch) throws IOException;

  /**
   * Finds or builds what a handler runs containers with.
   *
   * @throws IOException saying why it cannot be had
   */
  static HandlerUnderTest named(String name) throws IOException {
    return switch (name) {
      case "runc" -> new Program(Tools.newRunc().orElse(Path.of("runc")));
      case "crun" -> new Program(Workspace.script("crun"));
      case "runsc" ->
          new Runsc(Tools.runsc().orElseThrow(() -> new IOException("there is no runsc here")));
      default -> throw new IOException("no handler %s: there are %s".formatted(name, NAMES));
    };
  }

  /** A program that is called like runc and needs nothing more. */
  record Program(Path program) implements HandlerUnderTest {
    @Override
    public String jcri() {
      return "binary = \"%s\"".formatted(program);
    }

    @Override
    public String containerd(Scratch scratch) {
      return """
      runtime_type = "io.containerd.runc.v2"
      options = { BinaryName = "%s", SystemdCgroup = false }
      """
          .formatted(program);
    }
  }

  /**
   * gVisor: a kernel for each pod. Called like runc by jcri, and by the shim that lies beside it by
   * containerd. It is told to leave cgroups alone, since it knows no hybrid ones.
   */
  record Runsc(Path program) implements HandlerUnderTest {
    @Override
    public String jcri() {
      return """
      binary = "%s"
      options = ["--platform=systrap", "--ignore-cgroups"]
      sandbox = "container"
      """
          .formatted(program);
    }

    @Override
    public String containerd(Scratch scratch) throws IOException {
      Path configuration = scratch.disk().resolve("runsc.toml");
      Files.writeString(
          configuration,
          """
          binary_name = "%s"
          root = "%s"

          [runsc_config]
            platform = "systrap"
            ignore-cgroups = "true"
          """
              .formatted(program, scratch.state().resolve("runsc")));
      return """
      runtime_type = "io.containerd.runsc.v1"
      runtime_path = "%s"
      options = { TypeUrl = "io.containerd.runsc.v1.options", ConfigPath = "%s" }
      """
          .formatted(Workspace.script("containerd-shim-runsc-v1"), configuration);
    }
  }
}
