package io.jcri.sandbox.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * A real systemd, as a user's manager, in control groups and a mount namespace of its own. It needs
 * version 1's {@code name=systemd} hierarchy, or version 2.
 */
final class UserSystemd implements AutoCloseable {
  private static final String GROUP = "/jcri-test-systemd-" + ProcessHandle.current().pid();

  private final Cgroups groups;
  private final Path runtime;
  private final Process process;

  private UserSystemd(Cgroups groups, Path runtime, Process process) {
    this.groups = groups;
    this.runtime = runtime;
    this.process = process;
  }

  static boolean installed() {
    return Files.isExecutable(Path.of("/lib/systemd/systemd"));
  }

  /**
   * Starts it.
   *
   * @param runtime its short, empty directory
   */
  static UserSystemd start(Cgroups groups, Path runtime) throws IOException {
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
    Path units = Files.createDirectories(runtime.resolve("units"));
    for (String unit : new String[] {"default.target", "shutdown.target", "exit.target"}) {
      Files.writeString(units.resolve(unit), "[Unit]\nDescription=test\n");
    }
    groups.create(GROUP);
    ProcessBuilder builder =
        new ProcessBuilder(
            "unshare",
            "-m",
            "sh",
            "-c",
            "read go; mount -t tmpfs none /run && mkdir -p /run/systemd/system"
                + " && exec /lib/systemd/systemd --user");
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().put("HOME", runtime.toString());
    builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
    builder.environment().put("SYSTEMD_UNIT_PATH", units.toString());
    builder.environment().put("SYSTEMD_LOG_TARGET", "null");
    Process process = builder.redirectErrorStream(true).start();
    UserSystemd systemd = new UserSystemd(groups, runtime, process);
    groups.addProcess(GROUP, (int) process.pid());
    process.outputWriter().append("go\n").flush();
    if (!Listeners.await(systemd.privateSocket(), process)) {
      systemd.close();
      throw new IOException(
          "systemd ended: "
              + new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    return systemd;
  }

  Path privateSocket() {
    return runtime.resolve("systemd/private");
  }

  SystemdScopes scopes() {
    return new SystemdScopes(privateSocket(), runtime.resolve("no-bus"), Duration.ofSeconds(20));
  }

  /** What it says of a unit. */
  String property(String unit, String name) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("systemctl", "--user", "show", "--value", "--property=" + name, unit);
    builder.environment().put("XDG_RUNTIME_DIR", runtime.toString());
    Process show = builder.redirectErrorStream(true).start();
    return new String(show.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** Where it puts the groups of its units. */
  String group() {
    return GROUP;
  }

  @Override
  public void close() throws IOException {
    groups.remove(GROUP);
    process.destroyForcibly();
  }
}
