package io.jcri.oci.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an image may do to make the reader of its /etc/passwd go astray. */
class RootfsFilesKernelTest {
  private final RootfsFiles files = new OpenatRootfsFiles(Linux.get());

  @TempDir Path outside;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectories(outside.resolve("root"));
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(outside.resolve("secret"), "host");
  }

  @Test
  void readsAFile() throws IOException {
    Files.writeString(root.resolve("etc/passwd"), "root");
    assertThat(read()).contains("root");
  }

  @Test
  void hasNothingToReadWhereNothingIs() throws IOException {
    assertThat(read()).isEmpty();
    Files.delete(root.resolve("etc"));
    assertThat(read()).isEmpty();
    Files.writeString(root.resolve("etc"), "a file");
    assertThat(read()).isEmpty();
  }

  @Test
  void followsLinksAsTheContainerWould() throws IOException {
    Files.writeString(root.resolve("real"), "mine");
    Files.createSymbolicLink(root.resolve("etc/passwd"), Path.of("/real"));
    assertThat(read()).contains("mine");
  }

  @Test
  void staysInside() throws IOException {
    for (String target : new String[] {outside.resolve("secret").toString(), "../../secret"}) {
      Files.deleteIfExists(root.resolve("etc/passwd"));
      Files.createSymbolicLink(root.resolve("etc/passwd"), Path.of(target));
      assertThat(read()).as(target).isEmpty();
    }
  }

  @Test
  void staysInsideWhenADirectoryIsALink() throws IOException {
    Files.delete(root.resolve("etc"));
    Files.createSymbolicLink(root.resolve("etc"), Path.of("/etc"));
    assertInvalid("loop of links");
    Files.delete(root.resolve("etc"));
    Files.createSymbolicLink(root.resolve("etc"), Path.of("/proc/self/root/etc"));
    assertThat(read()).isEmpty();
    Files.delete(root.resolve("etc"));
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    Files.createDirectories(root.resolve("etc/passwd"));
    assertInvalid("not a regular file");
    Files.delete(root.resolve("etc/passwd"));
    Linux.get().mknodat(Fd.CWD, root.resolve("etc/passwd").toString(), FileStat.FIFO | 0644, 0, 0);
    assertInvalid("not a regular file");
    Files.delete(root.resolve("etc/passwd"));
    Linux.get()
        .mknodat(
            Fd.CWD, root.resolve("etc/passwd").toString(), FileStat.CHARACTER_DEVICE | 0644, 1, 5);
    assertInvalid("not a regular file");
  }

  @Test
  void refusesLargeFiles() throws IOException {
    Files.write(root.resolve("etc/passwd"), new byte[10]);
    assertThat(files.read(root, "etc/passwd", 10)).isPresent();
    assertThatThrownBy(() -> files.read(root, "etc/passwd", 9))
        .hasMessage("/etc/passwd in the image is larger than 9 bytes");
  }

  @Test
  void failsWhenTheRootIsMissing() {
    assertThatThrownBy(() -> files.read(root.resolve("gone"), "etc/passwd", 10))
        .isInstanceOf(OciException.class)
        .hasMessageContaining("gone");
  }

  private void assertInvalid(String message) {
    assertThatThrownBy(this::read)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.INVALID));
  }

  private Optional<String> read() {
    return files
        .read(root, "etc/passwd", 1 << 20)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
