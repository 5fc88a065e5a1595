package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchException;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.image.ImageSetup;
import io.jcri.daemon.image.NoFetcher;
import io.jcri.oci.image.Image;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.BindMounts.Propagation;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real mounts, of an image without a layer. */
class ContainerResourcesKernelTest {
  private static final Container CONTAINER = Samples.container("c1", "p1", 1);
  private static final Image IMAGE = Samples.record(Image.class, Map.of());

  private final Mounts mounts = new Mounts(Linux.get());
  private final UndoList undoList = new UndoList();

  @TempDir Path directory;
  private Path made;
  private Layout layout;
  private ContainerResources resources;

  @BeforeEach
  void openAStore() throws IOException {
    Path real = directory.toRealPath();
    made = real.resolve("made");
    layout = new Layout(real.resolve("lib"), real.resolve("run"));
    Syscalls syscalls = Linux.get();
    ImageSetup store =
        ImageSetup.open(
            DaemonConfig.defaults().images(), layout, new NoFetcher(), syscalls, mounts);
    Relabel relabel = new Relabel(syscalls);
    resources =
        new ContainerResources(
            store.rootFilesystems(),
            new ImageVolumes(store.images(), store.rootFilesystems()),
            new DeclaredVolumes(store.rootFilesystems(), relabel),
            new BindMounts(mounts),
            () -> List.of(directory.resolve("never")),
            new TimeZones(syscalls, Optional::empty, directory),
            relabel,
            layout);
  }

  private static MountRequest path(Path outside, Optional<String> label) {
    return new MountRequest.HostPath(
        new BindMounts.Request(
            outside, "/a", false, false, Propagation.PRIVATE, List.of(), List.of()),
        List.of("nosuid"),
        label);
  }

  /** All steps of a creation, with these requests after one that can be met. */
  private List<ContainerMount> acquire(MountRequest... more) throws IOException {
    resources.mountRoot(CONTAINER.id(), IMAGE, false, Optional.empty(), Optional.empty(), undoList);
    List<ContainerMount> shown =
        resources.acquire(
            CONTAINER,
            new MountPlan(
                List.of(),
                Stream.concat(Stream.of(path(made, Optional.empty())), Stream.of(more)).toList(),
                List.of(new MountRequest.Declared(List.of("/v"), Map.of(), Optional.empty()))),
            Optional.empty(),
            undoList);
    resources.writeBundle(CONTAINER.id(), new byte[] {'{', '}'}, undoList);
    return shown;
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> snapshots = Files.list(layout.images().resolve("snapshots"))) {
      assertThat(snapshots).isEmpty();
    }
    assertThat(layout.container(CONTAINER.id())).doesNotExist();
    assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo")))
        .noneMatch(line -> line.contains(" " + layout.root() + "/"));
  }

  @Test
  void theImagesVolumesComeFirstAndAllOfItGoesAgain() throws IOException {
    List<ContainerMount> shown = acquire();
    assertThat(shown)
        .containsExactly(
            ContainerMount.bind(
                layout.images().resolve("snapshots/c1/volumes/0").toString(), "/v", false),
            ContainerMount.bind(made.toString(), "/a", false).plusOption("nosuid"));
    assertThat(layout.bundle(CONTAINER.id()).resolve("config.json")).hasContent("{}");
    Exception why = new IOException("a later step");
    undoList.undo(why);
    assertThat(why).hasNoSuppressedExceptions();
    assertNothingIsLeft();
    assertThat(made).as("others may be using it by now").isDirectory();
  }

  @Test
  void whatFailsLeavesNothing() throws IOException {
    Path dangling = directory.resolve("dangling");
    Files.createSymbolicLink(dangling, directory.resolve("no/such"));
    for (MountRequest failing :
        List.of(
            path(Path.of("/etc"), Optional.of("a:label")),
            path(dangling, Optional.empty()),
            new MountRequest.OfImage(
                1,
                new ImageVolume("no/such:1", "", "", Optional.empty()),
                "/b",
                List.of(),
                Optional.empty()))) {
      Exception why = catchException(() -> acquire(failing));
      assertThat(why)
          .as("%s", failing)
          .hasMessageFindingMatch("belongs to the system|dangling|no/such:1");
      undoList.undo(why);
      assertThat(why).hasNoSuppressedExceptions();
      assertNothingIsLeft();
    }
  }

  @Test
  void aHostPathThatIsNeverMadeMustBeThere() throws IOException {
    Path never = directory.resolve("never");
    assertThatThrownBy(() -> acquire(path(never.resolve("."), Optional.empty())))
        .hasMessageContaining("is not there, and containers.absent_mount_sources_to_reject has it");
    assertThat(never).doesNotExist();
    undoList.undo(new IOException("so"));
    Files.createDirectory(never);
    assertThat(acquire(path(never, Optional.empty()))).hasSize(3);
    undoList.undo(new IOException("the end"));
    assertNothingIsLeft();
  }

  @Test
  void aBundleThatCantBeWrittenLeavesNothing() throws IOException {
    Files.createDirectories(layout.containers().getParent());
    Files.createFile(layout.containers());
    Exception why = catchException(this::acquire);
    assertThat(why).isInstanceOf(IOException.class);
    undoList.undo(why);
    assertNothingIsLeft();
  }

  @Test
  void filesThatCantBeDeletedKeepNoMount() throws IOException {
    acquire();
    Path busy = Files.createDirectory(layout.bundle(CONTAINER.id()).resolve("busy"));
    mounts.tmpfs(busy, 1 << 20, 0755);
    try {
      Exception why = new IOException("a later step");
      undoList.undo(why);
      assertThat(why.getSuppressed()).hasSize(1);
      assertThat(layout.container(CONTAINER.id())).exists();
    } finally {
      mounts.unmount(busy);
    }
    resources.deleteFiles(CONTAINER.id());
    assertNothingIsLeft();
    // what goes by the record finds nothing, and doesn't mind
    resources.deleteFiles(CONTAINER.id());
    resources.releaseMounts(CONTAINER.id());
  }
}
