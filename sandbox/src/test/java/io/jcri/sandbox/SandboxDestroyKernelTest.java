package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.linux.ProcessCalls;
import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SandboxDestroyKernelTest {
  private static final String PARENT = "/jcri-test-sandbox-destroy";

  @TempDir Path root;
  private SandboxFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new SandboxFixture(root);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    fixture.cgroups.remove(PARENT);
  }

  @Test
  void maybeRepeated() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.isolatedPod("p1"));
    for (int i = 0; i < 3; i++) {
      fixture.destroy(state);
      fixture.assertNothingLeft("p1");
    }
    assertThat(fixture.sandboxes.find("p1", state.directory())).isEmpty();
    Files.delete(state.directory());
    fixture.destroy(state);
  }

  @Test
  void needsTheDirectoryOnly() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.isolatedPod("p1"));
    fixture.sandboxes.destroy("p1", state.directory(), Optional.empty(), List.of());
    fixture.assertNothingLeft("p1");
    assertThat(fixture.sandboxes.alive(state)).isFalse();
  }

  @Test
  void goesOnFromWhereverItWasLeft() throws Exception {
    SandboxState dead = fixture.sandboxes.create(fixture.pod("dead"));
    assertThat(dead.pause().signal(ProcessCalls.SIGKILL)).isTrue();
    fixture.destroy(dead);
    fixture.assertNothingLeft("dead");

    SandboxState unmounted = fixture.sandboxes.create(fixture.pod("unmounted"));
    fixture.mounts.unmountAllBelow(unmounted.directory());
    Files.delete(unmounted.netns().orElseThrow());
    fixture.destroy(unmounted);
    fixture.assertNothingLeft("unmounted");

    SandboxState noNote = fixture.sandboxes.create(fixture.pod("no-note"));
    Files.writeString(noNote.directory().resolve("pause"), "");
    fixture.destroy(noNote);
    fixture.assertNothingLeft("no-note");
  }

  @Test
  void sparesAProcessThatOnlyHasTheSameNumber() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.pod("p1"));
    SandboxState other = fixture.sandboxes.create(fixture.pod("p2"));
    ProcessId reused = new ProcessId(other.pause().pid(), other.pause().startTime() + 1);
    fixture.sandboxes.destroy("p1", state.directory(), Optional.of(reused), List.of());
    assertThat(fixture.sandboxes.alive(other)).isTrue();
  }

  @Test
  void takesAwayMemoryThatIsInUse() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.pod("p1"));
    Path file = Files.writeString(state.shm().orElseThrow().resolve("used"), "x");
    try (var open = Files.newInputStream(file)) {
      fixture.destroy(state);
      fixture.assertNothingLeft("p1");
      assertThat(open.read()).isEqualTo('x');
    }
  }

  @Test
  void theCgroupItMadeGoesWithIt() throws Exception {
    String path = PARENT + "/pod/p1";
    SandboxState state =
        fixture.sandboxes.create(SandboxFixture.withCgroup(fixture.isolatedPod("p1"), path));
    assertThat(fixture.cgroups.processes(path)).containsExactly(state.pause().pid());
    assertThat(
            Files.readAllLines(Path.of("/proc", Integer.toString(state.pause().pid()), "cgroup")))
        .allMatch(line -> line.endsWith(":" + path));
    Optional<String> shares = fixture.cgroups.text(path, "cpu", "cpu.shares");
    assertThat(shares.or(() -> Optional.of("2\n"))).as("version 1").hasValue("2\n");
    Optional<String> weight = fixture.cgroups.text(path, "cpu", "cpu.weight");
    assertThat(weight.or(() -> Optional.of("1\n"))).as("version 2").hasValue("1\n");
    fixture.sandboxes.destroy("p1", state.directory(), Optional.empty(), List.of());
    assertThat(fixture.cgroups.exists(path)).isFalse();
    assertThat(fixture.cgroups.exists(PARENT + "/pod")).isTrue();
    fixture.assertNothingLeft("p1");
  }

  /** With everything else that runs below it. */
  @Test
  void aCutNoteDoesNotTakeTheGroupsAboveWithIt() throws Exception {
    String path = PARENT + "/pod/p1";
    SandboxState state =
        fixture.sandboxes.create(SandboxFixture.withCgroup(fixture.pod("p1"), path));
    SandboxState other =
        fixture.sandboxes.create(SandboxFixture.withCgroup(fixture.pod("p2"), PARENT + "/pod/p2"));
    Files.writeString(state.directory().resolve("cgroup"), PARENT);
    fixture.sandboxes.destroy("p1", state.directory(), Optional.empty(), List.of());
    assertThat(fixture.sandboxes.alive(other)).isTrue();
    assertThat(fixture.cgroups.exists(PARENT + "/pod/p2")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/jcri-test-sandb", "no path", "/\u00ff"})
  void whereItWasRecordedItNeedsNoNote(String note) throws Exception {
    String path = PARENT + "/pod/p1";
    SandboxState state =
        fixture.sandboxes.create(SandboxFixture.withCgroup(fixture.pod("p1"), path));
    Files.writeString(state.directory().resolve("cgroup"), note, StandardCharsets.ISO_8859_1);
    fixture.sandboxes.destroy("p1", state.directory(), Optional.empty(), List.of(path));
    assertThat(fixture.cgroups.exists(path)).isFalse();
    fixture.assertNothingLeft("p1");
  }

  @Test
  void theCgroupThatWasThereStays() throws Exception {
    String path = PARENT + "/pod";
    fixture.cgroups.create(path);
    SandboxState state =
        fixture.sandboxes.create(SandboxFixture.withCgroup(fixture.pod("p1"), path));
    assertThat(fixture.cgroups.processes(path)).containsExactly(state.pause().pid());
    fixture.destroy(state);
    assertThat(fixture.cgroups.exists(path)).isTrue();
    assertThat(fixture.cgroups.processes(path)).isEmpty();
    fixture.assertNothingLeft("p1");
  }
}
