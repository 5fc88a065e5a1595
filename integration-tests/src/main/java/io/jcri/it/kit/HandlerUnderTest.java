package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** What stands behind the name of a handler, as the configuration of each runtime says it. */
public sealed interface HandlerUnderTest {
  /** The handlers that {@link #named} knows. */
  List<String> NAMES = List.of("runc", "crun", "runsc", "runsc-shim", "runc-shim", "runc-sandbox");

  /**
   * Returns what jcri's configuration has in the handler's table.
   *
   * @param scratch for the files that this speaks of
   */
  String jcri(Scratch scratch) throws IOException;

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
      case "runsc" -> new Runsc(runsc(), false);
      case "runsc-shim" -> new Runsc(runsc(), true);
      case "runc-shim" ->
          new RuncShim(
              Tools.containerdShim()
                  .orElseThrow(() -> new IOException("there is no shim of containerd's here")),
              false);
      case "runc-sandbox" ->
          new RuncShim(
              Tools.sandboxShim()
                  .orElseThrow(() -> new IOException("there is no shim of containerd 1.7's here")),
              true);
      default -> throw new IOException("no handler %s: there are %s".formatted(name, NAMES));
    };
  }

  private static Path runsc() throws IOException {
    return Tools.runsc().orElseThrow(() -> new IOException("there is no runsc here"));
  }

  /** A program that is called like runc and needs nothing more. */
  record Program(Path program) implements HandlerUnderTest {
    @Override
    public String jcri(Scratch scratch) {
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
   * gVisor: a kernel for each pod. It is told to leave cgroups alone, as on a host that lets it
   * make none; {@code GvisorTest} has it with them.
   *
   * @param byShim whether jcri calls it by its shim, as containerd always does
   */
  record Runsc(Path program, boolean byShim) implements HandlerUnderTest {
    @Override
    public String jcri(Scratch scratch) throws IOException {
      return byShim
          ? """
          shim = "%s"
          shim_config = "%s"
          """
              .formatted(shim(scratch), configuration(scratch))
          : """
          binary = "%s"
          options = ["--platform=systrap", "--ignore-cgroups"]
          sandbox = "container"
          """
              .formatted(program);
    }

    @Override
    public String containerd(Scratch scratch) throws IOException {
      return """
      runtime_type = "io.containerd.runsc.v1"
      runtime_path = "%s"
      options = { TypeUrl = "io.containerd.runsc.v1.options", ConfigPath = "%s" }
      """
          .formatted(shim(scratch), configuration(scratch));
    }

    /** It is called without the environment in which the script looks for the program. */
    private Path shim(Scratch scratch) throws IOException {
      Path shim = scratch.disk().resolve("containerd-shim-runsc-v1");
      Files.writeString(
          shim,
          "#!/bin/sh\nJCRI_RUNSC=%s exec %s \"$@\"\n"
              .formatted(program, Workspace.script("containerd-shim-runsc-v1")));
      Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
      return shim;
    }

    private Path configuration(Scratch scratch) throws IOException {
      return Files.writeString(
          scratch.disk().resolve("runsc.toml"),
          """
          binary_name = "%s"
          root = "%s"

          [runsc_config]
            platform = "systrap"
            ignore-cgroups = "true"
          """
              .formatted(program, scratch.state().resolve("runsc")));
    }
  }

  /**
   * containerd's shim for runc, which takes the runc on PATH.
   *
   * @param sandboxApi whether a pod's sandbox is what the shim makes by its sandbox API
   */
  record RuncShim(Path program, boolean sandboxApi) implements HandlerUnderTest {
    @Override
    public String jcri(Scratch scratch) {
      return "shim = \"%s\"\nsandbox = \"%s\"\n"
          .formatted(program, sandboxApi ? "shim" : "container");
    }

    @Override
    public String containerd(Scratch scratch) {
      return """
      runtime_type = "io.containerd.runc.v2"
      runtime_path = "%s"
      sandboxer = "%s"
      """
          .formatted(program, sandboxApi ? "shim" : "podsandbox");
    }
  }
}
