package io.jcri.sandbox.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.FileSystemStat;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Binds, tmpfs, propagation and unmounting on the real kernel. */
final class MountsKernelTest {
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

  @Test
  void bindsAndUnmountsAgainAndAgain() throws Exception {
    Path source = directory("source");
    Files.writeString(source.resolve("f"), "x");
    Path target = directory("a place");
    mounts.bind(source, target, true);
    mounts.bind(source, target, true);
    assertThat(target.resolve("f")).hasContent("x");
    assertThat(mounts.below(dir)).hasSize(2).allMatch(MountInfo::readOnly);
    assertThat(mounts.holding(target.resolve("f")).mountPoint()).isEqualTo(target.toString());
    assertThatThrownBy(() -> Files.writeString(target.resolve("g"), ""))
        .hasMessageContaining("Read-only");
    mounts.unmount(target);
    mounts.unmount(target);
    mounts.unmount(dir.resolve("none"));
    assertThat(mounts.below(dir)).isEmpty();
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void bindsAnOpenFile() throws Exception {
    Files.writeString(dir.resolve("file"), "content");
    Path target = Files.createFile(dir.resolve("target"));
    try (Fd file = calls.open(dir + "/file", OpenFlags.PATH, 0)) {
      mounts.bind(file, target, false);
    }
    assertThat(target).hasContent("content");
    Path namespace = Files.createFile(dir.resolve("net"));
    mounts.bind(Path.of("/proc/self/ns/net"), namespace, false);
    assertThat(calls.statfs(namespace.toString()).type()).isEqualTo(FileSystemStat.NSFS_MAGIC);
  }

  @Test
  void aTargetThatIsALinkIsRefused() throws Exception {
    Path victim = directory("victim");
    Path link = Files.createSymbolicLink(dir.resolve("link"), victim);
    assertThatThrownBy(() -> mounts.bind(directory("source"), link, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(link.toString());
    assertThat(mounts.below(dir)).isEmpty();
  }

  @Test
  void tmpfsHasItsLimitAndMode() throws Exception {
    Path target = directory("shm");
    mounts.tmpfs(target, 1 << 20, 01777);
    assertThat(calls.fstatat(Fd.CWD, target.toString()).permissions()).isEqualTo(01777);
    assertThat(target.toFile().getTotalSpace()).isEqualTo(1 << 20);
    assertThat(mounts.holding(target).options()).contains("nosuid", "nodev", "noexec");
  }

  @Test
  void unmountsAWholeTreeInUse() throws Exception {
    Path outer = directory("outer");
    mounts.tmpfs(outer, 1 << 20, 0755);
    Path inner = Files.createDirectories(outer.resolve("inner"));
    mounts.tmpfs(inner, 1 << 20, 0755);
    try (Fd open = calls.open(inner.toString(), OpenFlags.READ_ONLY, 0)) {
      mounts.unmountAllBelow(outer);
      assertThat(mounts.below(outer)).isEmpty();
      FileStat stat = calls.fstat(open);
      assertThat(stat.isDirectory()).isTrue();
    }
  }

  @Test
  void aPrivateMountIsMadeOnce() throws Exception {
    Path shared = directory("shared");
    mounts.tmpfs(shared, 1 << 20, 0755);
    calls.mount(null, shared.toString(), null, 1 << 20, null);
    assertThat(mounts.propagationOf(shared)).isEqualTo(Propagation.SHARED);
    Path root = Files.createDirectories(shared.resolve("root"));
    mounts.makePrivate(root);
    mounts.makePrivate(root);
    assertThat(mounts.propagationOf(root)).isEqualTo(Propagation.PRIVATE);
    assertThat(mounts.below(root)).hasSize(1);
  }

  @Test
  void aRefusalNamesThePath() {
    assertThatThrownBy(() -> mounts.bind(dir.resolve("none"), dir, false))
        .hasMessage("cannot open mount " + dir + "/none: ENOENT (No such file or directory)");
  }
}
