package io.jcri.sandbox.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Overlays on the real kernel, also by the ways that older ones need. */
final class OverlaysKernelTest {
  /** What is missing of the running kernel. */
  enum Kernel {
    THIS,
    BEFORE_6_15,
    BEFORE_6_8;

    Syscalls calls() {
      return switch (this) {
        case THIS -> Linux.get();
        case BEFORE_6_15 -> OldKernel.withoutDetachedLayers();
        case BEFORE_6_8 -> OldKernel.before68();
      };
    }
  }

  private final Syscalls calls = Linux.get();
  private final Mounts mounts = new Mounts(calls);

  @TempDir Path dir;

  @AfterEach
  void leaveNothing() throws IOException {
    mounts.unmountAllBelow(dir);
    assertThat(mounts.below(dir)).isEmpty();
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectories(dir.resolve(name));
  }

  /** Topmost first; each has a file of its own, and one that all have. */
  private List<Path> layers(int count, String prefix) throws IOException {
    List<Path> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path layer = directory("layers/" + prefix + i);
      Files.writeString(layer.resolve("only-" + i), "" + i);
      Files.writeString(layer.resolve("all"), "" + i);
      layers.add(layer);
    }
    Collections.reverse(layers);
    return layers;
  }

  @Test
  void fiveHundredLayersWithLongNames() throws Exception {
    Path target = directory("rootfs");
    OverlayMount spec =
        OverlayMount.ofLayers(layers(500, "l".repeat(200)))
            .withUpper(directory("upper"), directory("work"), true);
    mounts.overlay(spec, target);
    assertThat(target.resolve("all")).hasContent("499");
    assertThat(target.resolve("only-0")).hasContent("0");
    assertThat(target.resolve("only-250")).hasContent("250");
    assertThat(mounts.below(dir)).hasSize(1);
    Files.writeString(target.resolve("all"), "new");
    assertThat(dir.resolve("upper/all")).hasContent("new");
    mounts.unmount(target);
    mounts.overlay(spec, target);
    assertThat(target.resolve("all")).hasContent("new");
  }

  @Test
  void tooManyLayersAreRefusedAndLeaveNothing() throws Exception {
    Path target = directory("rootfs");
    OverlayMount spec = OverlayMount.ofLayers(layers(501, "x"));
    assertThatThrownBy(() -> mounts.overlay(spec, target))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lowerdir+");
    assertThat(mounts.below(dir)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void writableWithOddNames(Kernel kernel) throws Exception {
    Path target = directory("root,fs:x");
    OverlayMount spec =
        OverlayMount.ofLayers(layers(3, "a:b,c\\d"))
            .withUpper(directory("up:per,\\x"), directory("wo,rk:"), false);
    Syscalls old = kernel == Kernel.THIS ? calls : OldKernel.withoutSingleLayers();
    new Mounts(old).overlay(spec, target);
    assertThat(target.resolve("all")).hasContent("2");
    Files.delete(target.resolve("only-0"));
    assertThat(dir.resolve("up:per,\\x/only-0")).exists();
    assertThat(mounts.below(dir)).hasSize(1);
  }

  @Test
  void threeHundredLayersBefore68() throws Exception {
    Path target = directory("rootfs");
    OverlayMount spec = OverlayMount.ofLayers(layers(300, "l".repeat(100)));
    new Mounts(OldKernel.withoutSingleLayers()).overlay(spec, target);
    assertThat(target.resolve("only-0")).hasContent("0");
    assertThat(mounts.holding(target).readOnly()).isTrue();
    OverlayMount more = OverlayMount.ofLayers(layers(500, "m".repeat(100)));
    assertThatThrownBy(
            () -> new Mounts(OldKernel.withoutSingleLayers()).overlay(more, directory("other")))
        .hasMessageContaining("500 layers")
        .hasMessageContaining("Linux 6.8");
    assertThat(mounts.below(dir)).hasSize(1);
  }

  @Test
  void oneLayerAloneIsReadOnly() throws Exception {
    Path target = directory("rootfs");
    mounts.overlay(OverlayMount.ofLayers(layers(1, "x")), target);
    assertThat(target.resolve("all")).hasContent("0");
    assertThatThrownBy(() -> Files.createFile(target.resolve("new")))
        .hasMessageContaining("Read-only");
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void ownersAreMapped(Kernel kernel) throws Exception {
    Path target = directory("rootfs");
    List<Path> lowers = layers(50, "x");
    calls.fchownat(Fd.CWD, lowers.getFirst() + "/only-49", 1000, 7);
    try (UserNamespace users = UserNamespace.mapping(100_000, 65_536)) {
      OverlayMount spec =
          OverlayMount.ofLayers(lowers)
              .withUpper(directory("snap/upper"), directory("snap/work"), true)
              .idMapped(users.file());
      new Mounts(kernel.calls()).overlay(spec, target);
    }
    assertOwner(target, 100_000, 100_000);
    assertOwner(target.resolve("only-49"), 101_000, 100_007);
    assertOwner(target.resolve("only-0"), 100_000, 100_000);
    calls.fchownat(Fd.CWD, target + "/only-0", 100_005, 100_006);
    assertOwner(target.resolve("only-0"), 100_005, 100_006);
    assertOwner(dir.resolve("snap/upper/only-0"), 100_005, 100_006);
    assertOwner(dir.resolve("layers/x0/only-0"), 0, 0);
    assertThat(mounts.below(dir)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void oneLayerAloneIsMappedToo(Kernel kernel) throws Exception {
    Path target = directory("rootfs");
    try (UserNamespace users = UserNamespace.mapping(200_000, 65_536)) {
      OverlayMount spec = OverlayMount.ofLayers(layers(1, "x")).idMapped(users.file());
      new Mounts(kernel.calls()).overlay(spec, target);
    }
    assertOwner(target.resolve("all"), 200_000, 200_000);
    assertThat(mounts.below(dir)).hasSize(1);
  }

  @Test
  void aNamespaceWithoutMappingsIsRefused() throws Exception {
    OverlayMount spec =
        OverlayMount.ofLayers(layers(2, "x")).idMapped(Path.of("/proc/self/ns/user"));
    assertThatThrownBy(() -> mounts.overlay(spec, directory("rootfs")))
        .isInstanceOf(IOException.class);
    assertThat(mounts.below(dir)).isEmpty();
  }

  private void assertOwner(Path path, long uid, long gid) throws IOException {
    FileStat stat = calls.fstatat(Fd.CWD, path.toString());
    assertThat(List.of(stat.uid(), stat.gid())).as(path.toString()).containsExactly(uid, gid);
  }
}
