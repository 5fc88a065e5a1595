package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.IdMapping;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.MountFlags;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bind mounts against mounts of the real kernel. */
class BindMountsKernelTest {
  private static final List<IdMapping> MAP = List.of(new IdMapping(0, 100000, 65536));

  private final Mounts mounts = new Mounts(Linux.get());
  private final BindMounts binds = new BindMounts(mounts);

  @TempDir Path directory;
  private Path volume;

  @BeforeEach
  void mountATmpfs() throws IOException {
    volume = Files.createDirectories(directory.toRealPath().resolve("volume"));
    mounts.tmpfs(volume, 1 << 20, 0755);
  }

  @AfterEach
  void unmountIt() throws IOException {
    mounts.unmount(volume);
  }

  @Test
  void bindsRecursivelyAndPrivately() {
    assertThat(resolve(request(volume, false, BindMounts.Propagation.PRIVATE)))
        .isEqualTo(ContainerMount.bind(volume.toString(), "/data", false));
    assertThat(resolve(request(volume, true, BindMounts.Propagation.PRIVATE)).options())
        .containsExactly("rbind", "rprivate", "ro");
  }

  @Test
  void makesAMissingDirectoryAndFollowsLinks() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), volume);
    ContainerMount mount =
        resolve(request(link.resolve("a/b"), false, BindMounts.Propagation.PRIVATE));
    assertThat(mount.source()).isEqualTo(volume.resolve("a/b").toString());
    assertThat(volume.resolve("a/b")).isDirectory();
  }

  @Test
  void refusesADanglingLink() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("not/there"));
    assertThatThrownBy(() -> resolve(request(link, false, BindMounts.Propagation.PRIVATE)))
        .hasMessageContaining(link.toString())
        .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.INVALID));
  }

  @Test
  void propagatesOnlyWhatTheHostsMountCan() throws IOException {
    propagation(MountFlags.MS_PRIVATE);
    assertRefused(BindMounts.Propagation.HOST_TO_CONTAINER, "shared or slave");
    assertRefused(BindMounts.Propagation.BIDIRECTIONAL, "is not shared");

    propagation(MountFlags.MS_SHARED);
    ContainerMount slave =
        resolve(request(volume, false, BindMounts.Propagation.HOST_TO_CONTAINER));
    ContainerMount shared = resolve(request(volume, false, BindMounts.Propagation.BIDIRECTIONAL));
    assertThat(slave.options()).containsExactly("rbind", "rslave", "rw");
    assertThat(shared.options()).containsExactly("rbind", "rshared", "rw");
    assertThat(BindMounts.rootfsPropagation(List.of(slave, shared))).contains("rshared");
    assertThat(BindMounts.rootfsPropagation(List.of(slave))).contains("rslave");
    assertThat(BindMounts.rootfsPropagation(List.of())).isEmpty();
  }

  @Test
  void asksTheRuntimeForWhatIsSpecial() {
    BindMounts.Request recursive =
        new BindMounts.Request(
            volume, "/data", true, true, BindMounts.Propagation.PRIVATE, List.of(), List.of());
    BindMounts.Request mapped =
        new BindMounts.Request(
            volume, "/data", false, false, BindMounts.Propagation.PRIVATE, MAP, MAP);
    for (BindMounts.Request request : List.of(recursive, mapped)) {
      assertThatThrownBy(() -> BindMounts.check(request, RuntimeFeatures.UNKNOWN))
          .hasMessageContaining("the runtime cannot")
          .satisfies(
              e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.FAILED_PRECONDITION));
    }
    assertThat(resolve(recursive).options()).containsExactly("rbind", "rprivate", "rro");
    assertThat(resolve(mapped).uidMappings()).isEqualTo(MAP);
  }

  @Test
  void refusesContradictions() {
    for (BindMounts.Request request :
        List.of(
            new BindMounts.Request(
                volume, "/d", false, true, BindMounts.Propagation.PRIVATE, List.of(), List.of()),
            new BindMounts.Request(
                volume,
                "/d",
                true,
                true,
                BindMounts.Propagation.HOST_TO_CONTAINER,
                List.of(),
                List.of()),
            request(Path.of("relative"), false, BindMounts.Propagation.PRIVATE))) {
      assertThatThrownBy(() -> resolve(request))
          .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.INVALID));
    }
  }

  private void assertRefused(BindMounts.Propagation propagation, String why) {
    assertThatThrownBy(() -> resolve(request(volume, false, propagation)))
        .hasMessageContaining(volume.toString())
        .hasMessageContaining(why)
        .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.FAILED_PRECONDITION));
  }

  private ContainerMount resolve(BindMounts.Request request) {
    RuntimeFeatures everything =
        new RuntimeFeatures(
            "1.0.0",
            "1.2.0",
            List.of(),
            List.of("rro"),
            Optional.of(
                new RuntimeFeatures.Linux(
                    List.of("user"),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(
                        new RuntimeFeatures.MountExtensions(
                            Optional.of(new RuntimeFeatures.Switch(true)))),
                    Optional.empty())),
            Map.of());
    BindMounts.check(request, everything);
    return binds.resolve(request);
  }

  private static BindMounts.Request request(
      Path path, boolean readOnly, BindMounts.Propagation propagation) {
    return new BindMounts.Request(
        path, "/data", readOnly, false, propagation, List.of(), List.of());
  }

  private void propagation(long flag) throws IOException {
    Linux.get().mount(null, volume.toString(), null, flag, null);
  }
}
