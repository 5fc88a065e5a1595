package io.jcri.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runsc leaves in the folder of its states is known, and taken away with nothing else. */
class PinnedNetworksKernelTest {
  @TempDir Path folder;

  private Path pinned;
  private Path other;

  @BeforeEach
  void mount() throws IOException {
    Path states = Files.createDirectories(folder.resolve("states"));
    pinned = Files.createFile(states.resolve("null-netns"));
    other = Files.createFile(states.resolve("netns"));
    for (Path place : List.of(pinned, pinned, other)) {
      Command.of("mount", "--bind", "/proc/self/ns/net", place.toString()).run().orThrow();
    }
  }

  @AfterEach
  void unmount() throws IOException {
    while (!mounts().isEmpty()) {
      Command.of("umount", mounts().getLast().split(" ", -1)[4]).run().orThrow();
    }
  }

  private List<String> mounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(line -> line.contains(" " + folder + "/"))
        .toList();
  }

  @Test
  void allAtOnePlaceGoAndOthersStay() throws IOException {
    assertThat(mounts()).filteredOn(PinnedNetworks::isOne).hasSize(2);

    PinnedNetworks.unmountBelow(folder.resolve("elsewhere"));
    assertThat(mounts()).hasSize(3);

    PinnedNetworks.unmountBelow(folder);
    assertThat(mounts()).singleElement().asString().contains(" " + other + " ");
  }
}
