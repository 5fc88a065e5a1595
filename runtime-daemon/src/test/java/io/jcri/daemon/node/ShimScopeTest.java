package io.jcri.daemon.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.cgroup.SystemdScopes;
import io.jcri.shim.ShimHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which scope the shims of a service have. */
class ShimScopeTest {
  @TempDir Path cgroups;

  private ShimHome of(String cgroup) {
    Path nobody = cgroups.resolve("none");
    return ShimScope.beside(
        cgroup, cgroups, new SystemdScopes(nobody, nobody, Duration.ofSeconds(1)));
  }

  @Test
  void aServiceHasAScopeBesideIt() throws IOException {
    ShimHome home = of("/system.slice/jcri.service");
    assertThat(home.cgroup()).isEmpty();
    Path scope = Files.createDirectories(cgroups.resolve("system.slice/jcri-shims.scope"));
    assertThat(home.cgroup()).contains(scope);
  }

  @Test
  void aShimThatComesLateIsWrittenThere() throws IOException {
    Path scope = Files.createDirectories(cgroups.resolve("system.slice/jcri-shims.scope"));
    of("/system.slice/jcri.service").take(42);
    assertThat(scope.resolve("cgroup.procs")).hasContent("42");
  }

  @Test
  void whatIsNoServiceHasNone() throws IOException {
    Files.createDirectories(cgroups.resolve("user.slice/session-1-shims.scope"));
    assertThat(of("/user.slice/session-1.scope").cgroup()).isEmpty();
    assertThat(of("/").cgroup()).isEmpty();
  }

  @Test
  void aSystemdThatDoesNotAnswerHindersNobody() {
    of("/system.slice/jcri.service").take(42);
    assertThat(cgroups.resolve("system.slice")).doesNotExist();
  }
}
