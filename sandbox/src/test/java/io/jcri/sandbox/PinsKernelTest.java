package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.linux.ProcessCalls;
import io.jcri.sandbox.mount.Propagation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PinsKernelTest {
  @TempDir Path root;
  private SandboxFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new SandboxFixture(root);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void allThatWereUnmountedAreThoseOfThePauseProcessAgain() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.isolatedPod("p1"));
    assertThat(fixture.sandboxes.lostPins(state)).isEmpty();
    try (Stream<Path> pins = Files.list(state.directory().resolve("ns"))) {
      for (Path pin : pins.toList()) {
        fixture.mounts.unmount(pin);
      }
    }
    Files.delete(state.utsns().orElseThrow());

    String[] all = {"net", "ipc", "uts", "pid", "user"};
    assertThat(fixture.sandboxes.lostPins(state)).containsExactlyInAnyOrder(all);
    assertThat(fixture.sandboxes.restorePins(state)).containsExactlyInAnyOrder(all);

    assertThat(fixture.sandboxes.lostPins(state)).isEmpty();
    Path itself = Path.of("/proc/" + state.pause().pid() + "/ns");
    for (String name : all) {
      Path pin = state.directory().resolve("ns").resolve(name);
      assertThat(Files.isSameFile(pin, itself.resolve(name))).as(name).isTrue();
      assertThat(fixture.mounts.propagationOf(pin)).isEqualTo(Propagation.UNBINDABLE);
    }
    fixture.destroy(state);
    fixture.assertNothingLeft("p1");
  }

  @Test
  void nothingIsPinnedOfAPauseProcessThatHasEnded() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.pod("p1"));
    assertThat(state.pause().signal(ProcessCalls.SIGKILL)).isTrue();
    while (state.pause().alive()) {
      Thread.onSpinWait();
    }
    fixture.mounts.unmount(state.netns().orElseThrow());

    assertThat(fixture.sandboxes.restorePins(state)).isEmpty();
    assertThat(fixture.sandboxes.lostPins(state)).containsExactly("net");
  }
}
