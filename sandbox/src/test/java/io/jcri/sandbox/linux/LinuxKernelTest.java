package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each call against the real kernel; the JDK's own view of the result is the witness. */
final class LinuxKernelTest {
  private final Syscalls calls = Linux.get();

  @TempDir Path dir;

  @Test
  void writesAndReads() throws Exception {
    try (Arena arena = Arena.ofConfined();
        Fd file =
            calls.open(
                dir + "/f", OpenFlags.CREATE | OpenFlags.EXCLUSIVE | OpenFlags.READ_WRITE, 0640)) {
      calls.writeFully(file, arena.allocateFrom("hello"));
      calls.fsync(file);
      calls.syncfs(file);
      calls.ftruncate(file, 5);
      assertThat(Files.readString(dir.resolve("f"))).isEqualTo("hello");
      try (Fd again = calls.open(dir + "/f", OpenFlags.READ_ONLY, 0)) {
        MemorySegment into = arena.allocate(16);
        assertThat(calls.read(again, into)).isEqualTo(5);
        assertThat(into.getString(0)).isEqualTo("hello");
        assertThat(calls.read(again, into)).isZero();
      }
    }
    assertThatThrownBy(() -> calls.open(dir + "/none", OpenFlags.READ_ONLY, 0))
        .isInstanceOf(ErrnoException.class)
        .hasMessage("cannot open " + dir + "/none: ENOENT (No such file or directory)");
  }

  @Test
  void theDataOfAFileWithHolesIsFoundReadAndWritten() throws Exception {
    long start = 1L << 40;
    try (Arena arena = Arena.ofConfined();
        Fd file = calls.open(dir + "/f", OpenFlags.READ_WRITE | OpenFlags.CREATE, 0600)) {
      calls.writeFullyAt(file, arena.allocateFrom("hello"), start);
      calls.ftruncate(file, 3 * start);
      assertThat(calls.seekData(file, 0)).hasValue(start);
      assertThat(calls.seekHole(file, start)).isGreaterThan(start).isLessThan(start + (1 << 20));
      assertThat(calls.seekHole(file, 0)).isZero();
      assertThat(calls.seekData(file, 2 * start)).isEmpty();
      assertThat(calls.seekData(file, 4 * start)).isEmpty();
      MemorySegment into = arena.allocate(16);
      assertThat(calls.readAt(file, into, start)).isEqualTo(16);
      assertThat(into.getString(0)).isEqualTo("hello");
      assertThat(calls.readAt(file, into, 3 * start)).isZero();
      assertThatThrownBy(() -> calls.seekHole(file, -1)).isInstanceOf(ErrnoException.class);
    }
  }

  @Test
  void statTellsWhatTheJdkTells() throws Exception {
    try (Fd place = calls.open(dir.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
      calls.mknodat(place, "null", FileStat.CHARACTER_DEVICE | 0600, 0xABC, 0x54321);
      calls.fchownat(place, "null", 3_000_000_000L, 4_294_967_294L);
      calls.fchmodat(place, "null", 06755);
      calls.utimensat(place, "null", 1, 2, 1_700_000_000L, 123_456_789);
      FileStat stat = calls.fstatat(place, "null");
      assertThat(stat.type()).isEqualTo(FileStat.CHARACTER_DEVICE);
      assertThat(stat.permissions()).isEqualTo(06755);
      assertThat(stat.uid()).isEqualTo(3_000_000_000L);
      assertThat(stat.gid()).isEqualTo(4_294_967_294L);
      assertThat(stat.rdevMajor()).isEqualTo(0xABC);
      assertThat(stat.rdevMinor()).isEqualTo(0x54321);
      assertThat(stat.modifiedSec()).isEqualTo(1_700_000_000L);
      assertThat(stat.modifiedNs()).isEqualTo(123_456_789);
      assertThat(stat.inode())
          .isEqualTo(
              Files.getAttribute(dir.resolve("null"), "unix:ino", LinkOption.NOFOLLOW_LINKS));
      assertThat(stat.links()).isEqualTo(1);
      assertThat(calls.fstat(place).isDirectory()).isTrue();
      assertThat(calls.fstat(place).mountId()).isPositive();
      assertThatThrownBy(() -> calls.mknodat(place, "x", FileStat.CHARACTER_DEVICE, 0x1000, 1))
          .hasMessageContaining("EINVAL");
    }
  }

  @Test
  void namesOfAnyBytesAreMadeListedAndRemoved() throws Exception {
    String odd = PathBytes.decode(new byte[] {'a', (byte) 0xFF, (byte) 0xC3, 'z'});
    try (Fd place = calls.open(dir.toString(), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0)) {
      calls.mkdirat(place, odd, 0700);
      calls.symlinkat("../" + odd, place, "link");
      calls.mknodat(place, "plain", FileStat.REGULAR | 0600, 0, 0);
      calls.linkat(place, "plain", place, "other", 0);
      assertThat(calls.readlinkat(place, "link")).isEqualTo("../" + odd);
      assertThat(calls.list(place))
          .extracting(DirectoryEntry::name)
          .containsExactlyInAnyOrder(odd, "link", "plain", "other");
      calls.renameat2(place, "plain", place, "link", OpenFlags.RENAME_EXCHANGE);
      assertThat(calls.fstatat(place, "plain").isLink()).isTrue();
      assertThatThrownBy(
              () -> calls.renameat2(place, "link", place, "plain", OpenFlags.RENAME_NOREPLACE))
          .hasMessageContaining("EEXIST");
      assertThatThrownBy(() -> calls.fchmodat(place, "plain", 0777))
          .hasMessageContaining("EOPNOTSUPP");
      calls.unlinkat(place, odd, OpenFlags.AT_REMOVEDIR);
      for (String name : List.of("link", "plain", "other")) {
        calls.unlinkat(place, name, 0);
      }
      assertThat(dir).isEmptyDirectory();
    }
  }

  @Test
  void aNulInANameIsRefused() {
    assertThatThrownBy(() -> calls.open(dir + "\0/x", OpenFlags.READ_ONLY, 0))
        .isInstanceOf(ErrnoException.class)
        .hasMessageContaining("EINVAL");
  }

  @Test
  void aHugeDirectoryIsListedWhole() throws Exception {
    try (Fd place = calls.open(dir.toString(), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0)) {
      for (int i = 0; i < 3000; i++) {
        calls.mknodat(place, "a-file-with-a-longer-name-" + i, FileStat.REGULAR | 0600, 0, 0);
      }
      assertThat(calls.list(place)).hasSize(3000).doesNotHaveDuplicates();
    }
  }

  @Test
  void noNameLeavesTheRoot() throws Exception {
    Path root = Files.createDirectories(dir.resolve("root"));
    Files.writeString(dir.resolve("secret"), "s");
    Files.createSymbolicLink(root.resolve("abs"), dir.resolve("secret"));
    Files.createSymbolicLink(root.resolve("up"), Path.of("../secret"));
    Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/fd/0"));
    try (Fd place = calls.open(root.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
      for (String name : List.of("abs", "up", "../secret", "magic", "/" + dir + "/secret")) {
        assertThatThrownBy(
                () -> calls.openat2(place, name, OpenFlags.READ_ONLY, 0, OpenFlags.RESOLVE_HOSTILE))
            .as(name)
            .hasMessageContaining("ENOENT");
      }
      Files.writeString(root.resolve("secret"), "inside");
      try (Fd inside =
          calls.openat2(place, "up", OpenFlags.READ_ONLY, 0, OpenFlags.RESOLVE_HOSTILE)) {
        assertThat(calls.readlinkat(Fd.CWD, inside.procPath())).isEqualTo(root + "/secret");
      }
      assertThatThrownBy(() ->
              calls.openat2(place, "../secret", OpenFlags.READ_ONLY, 0, OpenFlags.RESOLVE_BENEATH))
          .hasMessageContaining("EXDEV");
      try (Fd proc = calls.open("/proc", OpenFlags.PATH | OpenFlags.DIRECTORY, 0)) {
        assertThatThrownBy(() ->
                calls.openat2(proc, "self/exe", OpenFlags.READ_ONLY, 0, OpenFlags.RESOLVE_HOSTILE))
            .hasMessageContaining("ELOOP");
      }
    }
  }

  @Test
  void attributesAreKept() throws Exception {
    Files.writeString(dir.resolve("f"), "");
    byte[] large = new byte[1000];
    large[999] = 7;
    String file = dir + "/f";
    assertThat(calls.lgetxattr(file, "trusted.x")).isEmpty();
    calls.lsetxattr(file, "trusted.x", large);
    try (Fd place = calls.open(dir.toString(), OpenFlags.PATH, 0);
        Fd open = calls.open(file, OpenFlags.READ_ONLY, 0)) {
      calls.setxattrat(place, "f", "trusted.overlay.opaque", new byte[] {'y'});
      calls.fsetxattr(open, "user.empty", new byte[0]);
      assertThatThrownBy(() -> calls.setxattrat(place, "a/f", "user.x", new byte[0]))
          .hasMessageContaining("EINVAL");
      calls.futimens(open, 5, 6, 7, AttributeCalls.TIME_OMIT);
      calls.fchown(open, 1, 2);
      calls.fchmod(open, 0604);
      FileStat stat = calls.fstat(open);
      assertThat(stat.modifiedSec()).isNotEqualTo(7);
      assertThat(List.of(stat.uid(), stat.gid(), (long) stat.permissions()))
          .containsExactly(1L, 2L, 0604L);
    }
    assertThat(calls.lgetxattr(file, "trusted.x")).hasValue(large);
    assertThat(calls.llistxattr(file))
        .containsExactlyInAnyOrder("trusted.x", "trusted.overlay.opaque", "user.empty");
  }

  @Test
  void fileSystemsAndLocks() throws Exception {
    assertThat(calls.statfs("/proc").type()).isEqualTo(0x9fa0);
    FileSystemStat root = calls.statfs(dir.toString());
    assertThat(root.blocks() * root.blockSize()).isEqualTo(dir.toFile().getTotalSpace());
    String path = Files.createFile(dir.resolve("lock")).toString();
    try (Fd second = calls.open(path, OpenFlags.READ_ONLY, 0)) {
      try (Fd first = calls.open(path, OpenFlags.READ_ONLY, 0)) {
        calls.lock(first);
        assertThatThrownBy(() -> calls.tryLock(second)).hasMessageContaining("EAGAIN");
      }
      calls.tryLock(second);
    }
    try (Arena arena = Arena.ofConfined();
        Fd memory = calls.memfdCreate("jcri-test");
        Fd counter = calls.eventfd()) {
      calls.writeFully(memory, arena.allocateFrom("x", StandardCharsets.UTF_8));
      assertThat(calls.fstat(memory).size()).isEqualTo(2);
      assertThat(calls.poll(List.of(counter, memory), ProcessCalls.POLLIN, Duration.ZERO))
          .containsExactly(0, 1);
      MemorySegment one = arena.allocate(ValueLayout.JAVA_LONG);
      one.set(ValueLayout.JAVA_LONG, 0, 1);
      calls.writeFully(counter, one);
      assertThat(calls.poll(List.of(counter), ProcessCalls.POLLIN, null)).containsExactly(1);
    }
  }

  @Test
  void aClosedDescriptorIsNotUsedAgain() throws Exception {
    Fd fd = calls.open(dir.toString(), OpenFlags.PATH, 0);
    int number = fd.number();
    assertThat(Files.readSymbolicLink(Path.of(fd.procPath()))).isEqualTo(dir.toRealPath());
    assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + number)))
        .containsPattern("flags:\\s+0?12\\d+"); // O_CLOEXEC | O_PATH
    fd.close();
    fd.close();
    assertThatThrownBy(fd::number).isInstanceOf(IllegalStateException.class);
  }
}
