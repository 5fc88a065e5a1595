package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SandboxFailureKernelTest {
  private static final String CGROUP = "/jcri-test-sandbox-failure/pause";

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cgroup",
        "clone",
        "idmap",
        "enter",
        "hostname",
        "sysctl",
        "loopback",
        "shm",
        "pin",
        "pinned",
        "oom",
        "pidfile",
        "pause"
      })
  void aFailureAtAnyStageLeavesNothing(String stage) throws Exception {
    try (SandboxFixture fixture = new SandboxFixture(root, faulty("FAIL", stage))) {
      assertNothingComesOfIt(fixture, "fault asked for by JCRI_SANDBOX_FAIL");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clone", "enter", "shm", "pin", "pinned", "pidfile"})
  void aHelperKilledAtAnyStageLeavesNothing(String stage) throws Exception {
    try (SandboxFixture fixture = new SandboxFixture(root, faulty("KILL", stage))) {
      assertNothingComesOfIt(fixture, "exit status 137");
    }
  }

  private void assertNothingComesOfIt(SandboxFixture fixture, String message) throws IOException {
    SandboxSpec spec = SandboxFixture.withCgroup(fixture.isolatedPod("bad"), CGROUP);
    try {
      assertThatThrownBy(() -> fixture.sandboxes.create(spec))
          .isInstanceOf(SandboxException.class)
          .hasMessageContaining("cannot make the sandbox of bad")
          .hasMessageContaining(message);
      fixture.assertNothingLeft("bad");
      assertThat(fixture.cgroups.exists(CGROUP)).isFalse();
    } finally {
      fixture.cgroups.remove("/jcri-test-sandbox-failure");
    }
  }

  @Test
  void anInterruptLeavesNothing() throws Exception {
    try (SandboxFixture fixture = new SandboxFixture(root)) {
      SandboxSpec spec = SandboxFixture.withCgroup(fixture.isolatedPod("bad"), CGROUP);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> fixture.sandboxes.create(spec)).isInstanceOf(IOException.class);
      assertThat(Thread.interrupted()).isTrue();
      fixture.assertNothingLeft("bad");
      assertThat(fixture.cgroups.exists(CGROUP)).isFalse();
      fixture.cgroups.remove("/jcri-test-sandbox-failure");
    }
  }

  @Test
  void aMissingHelperIsNamedAndLeavesNothing() throws Exception {
    try (SandboxFixture fixture = new SandboxFixture(root, root.resolve("no-such-helper"))) {
      SandboxSpec spec = fixture.pod("bad");
      assertThatThrownBy(() -> fixture.sandboxes.create(spec))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no-such-helper");
      fixture.assertNothingLeft("bad");
    }
  }

  @Test
  void aHelperThatSpeaksNonsenseLeavesNothing() throws Exception {
    try (SandboxFixture fixture = new SandboxFixture(root, script("echo what; exit 0"))) {
      SandboxSpec spec = fixture.pod("bad");
      assertThatThrownBy(() -> fixture.sandboxes.create(spec)).hasMessageEndingWith("of bad: what");
      fixture.assertNothingLeft("bad");
    }
  }

  @Test
  void anAnswerThatNobodyReadsTakesAllBack() throws Exception {
    Path helper = script("exec '" + SandboxFixture.HELPER + "' \"$@\" > /dev/full");
    try (SandboxFixture fixture = new SandboxFixture(root, helper)) {
      SandboxSpec spec = fixture.isolatedPod("bad");
      Commands.run(
          "sh",
          "-c",
          "! \"$0\" \"$@\"",
          helper.toString(),
          "id=bad",
          "dir=" + spec.directory(),
          "new=net",
          "new=ipc",
          "shm=4096");
      fixture.assertNothingLeft("bad");
    }
  }

  @Test
  void aSecondSandboxInADirectoryIsRefusedAndTheFirstLivesOn() throws Exception {
    try (SandboxFixture fixture = new SandboxFixture(root)) {
      SandboxSpec spec = fixture.pod("p1");
      SandboxState state = fixture.sandboxes.create(spec);
      assertThatThrownBy(() -> fixture.sandboxes.create(spec))
          .hasMessageContaining("holds a sandbox already");
      assertThat(fixture.sandboxes.alive(state)).isTrue();
      assertThat(fixture.sandboxes.find("p1", spec.directory())).contains(state);
    }
  }

  @Test
  void invalidArgumentsAreTheAskersFault() throws Exception {
    try (SandboxFixture fixture = new SandboxFixture(root)) {
      SandboxSpec pod = fixture.pod("bad");
      assertInvalid(fixture, named(pod, "h".repeat(65)), "cannot set the hostname to hhh");
      assertInvalid(fixture, SandboxFixture.withCgroup(pod, "not/absolute"), "not/absolute");
      assertInvalid(fixture, SandboxFixture.withCgroup(pod, "/a/../b"), "/a/../b");
    }
  }

  private static void assertInvalid(SandboxFixture fixture, SandboxSpec spec, String message)
      throws IOException {
    assertThatThrownBy(() -> fixture.sandboxes.create(spec))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> assertThat(e.kind()).isEqualTo(SandboxException.Kind.INVALID))
        .hasMessageContaining(message);
    fixture.assertNothingLeft("bad");
  }

  private static SandboxSpec named(SandboxSpec spec, String hostname) {
    return new SandboxSpec(
        spec.id(),
        spec.directory(),
        spec.net(),
        spec.ipc(),
        spec.uts(),
        spec.pid(),
        spec.user(),
        hostname,
        spec.sysctls(),
        Optional.empty(),
        spec.oomScoreAdj(),
        spec.shmBytes());
  }

  /** The sanitized helper, told through its environment where to fail or to be killed. */
  private Path faulty(String how, String stage) throws IOException {
    return script(
        "JCRI_SANDBOX_%s=%s exec '%s' \"$@\"".formatted(how, stage, SandboxFixture.FAULTY_HELPER));
  }

  private Path script(String line) throws IOException {
    Path script = root.resolve("helper.sh");
    Files.writeString(script, "#!/bin/sh\n" + line + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }
}
