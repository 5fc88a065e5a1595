package io.jcri.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scopes of a real systemd, with this test's processes. */
final class SystemdScopesKernelTest {
  private static final String SLICE = "kubepods-besteffort.slice";

  @TempDir Path dir;

  private Cgroups groups;
  private UserSystemd systemd;
  private Process process;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(UserSystemd.installed(), "no systemd installed");
    groups = Cgroups.detect();
    systemd = UserSystemd.start(groups, dir);
    process = new ProcessBuilder("sleep", "1000").start();
  }

  @AfterEach
  void stop() throws IOException {
    process.destroyForcibly();
    systemd.close();
  }

  private Path group(String name) throws IOException {
    String below = SystemdPaths.sliceDirectory(SLICE) + "/" + name;
    return groups.processFiles(systemd.group() + below).stream()
        .filter(Files::exists)
        .findFirst()
        .orElse(dir.resolve("none"));
  }

  @Test
  void aScopeHoldsTheProcess() throws Exception {
    SystemdScopes scopes = systemd.scopes();
    scopes.start("jcri-a.scope", SLICE, (int) process.pid());
    assertThat(group("jcri-a.scope")).hasContent(Long.toString(process.pid()));
    assertThat(systemd.property("jcri-a.scope", "CPUWeight")).isEqualTo("1");
    scopes.stop("jcri-a.scope");
    assertThat(process.waitFor()).isEqualTo(128 + 15);
    assertThat(group("jcri-a.scope")).doesNotExist();
    scopes.stop("jcri-a.scope");
  }

  @Test
  void aScopeThatIsNoPodsHasAnOrdinaryShare() throws Exception {
    SystemdScopes scopes = systemd.scopes();
    scopes.startService("jcri-shims.scope", SLICE, (int) process.pid(), "shims of a test");
    assertThat(group("jcri-shims.scope")).hasContent(Long.toString(process.pid()));
    assertThat(systemd.property("jcri-shims.scope", "CPUWeight")).isNotEqualTo("1");
    assertThat(systemd.property("jcri-shims.scope", "TasksMax")).isEqualTo("infinity");
    assertThat(systemd.property("jcri-shims.scope", "Description")).isEqualTo("shims of a test");
  }

  @Test
  void aScopeLeftByACrashIsReplaced() throws Exception {
    SystemdScopes scopes = systemd.scopes();
    Process old = new ProcessBuilder("sleep", "1000").start();
    scopes.start("jcri-b.scope", SLICE, (int) old.pid());
    scopes.start("jcri-b.scope", SLICE, (int) process.pid());
    assertThat(old.waitFor()).isEqualTo(128 + 15);
    assertThat(group("jcri-b.scope")).hasContent(Long.toString(process.pid()));
  }

  @Test
  void refusalsAreToldInSystemdsWords() {
    SystemdScopes scopes = systemd.scopes();
    assertThatThrownBy(() -> scopes.start("jcri-c.scope", SLICE, Integer.MAX_VALUE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("StartTransientUnit");
    assertThatThrownBy(() -> scopes.start("no unit/name", SLICE, (int) process.pid()))
        .hasMessageContaining("no unit/name");
  }

  @Test
  void manyCallsAreAllAnswered() throws Exception {
    SystemdScopes scopes = systemd.scopes();
    for (int i = 0; i < 200; i++) {
      scopes.stop("none-" + i + ".scope");
    }
  }

  @Test
  void noSystemdIsSaid() {
    Path none = dir.resolve("nobody");
    assertThatThrownBy(() -> new SystemdScopes(none, none, Duration.ofSeconds(1)).stop("x.scope"))
        .isInstanceOf(IOException.class);
  }
}
