package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pod that has mounted its log directory can lead a checkpoint to. */
class ContainerLogKernelTest {
  private final Syscalls calls = Linux.get();

  @TempDir Path root;
  private Path directory;
  private Path outside;
  private ContainerLog log;

  @BeforeEach
  void setUp() throws IOException {
    directory = Files.createDirectory(root.resolve("pod"));
    outside = Files.createDirectory(root.resolve("outside"));
    log = new ContainerLog(directory, directory.resolve("c/0.log"));
  }

  private String read(ContainerLog from) throws IOException {
    Optional<InputStream> text = from.read(calls);
    if (text.isEmpty()) {
      return "nothing";
    }
    try (InputStream in = text.get()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aLogIsMadeWithItsFoldersAndReadAgain() throws IOException {
    assertThat(read(log)).isEqualTo("nothing");
    try (OutputStream out = log.create(calls).orElseThrow()) {
      out.write('x');
    }
    assertThat(read(log)).isEqualTo("x");
    assertThat(log.create(calls)).isEmpty();
    Path away = Files.createSymbolicLink(root.resolve("away"), directory);
    assertThat(read(new ContainerLog(away, away.resolve("c/0.log")))).isEqualTo("x");
  }

  @Test
  void aFolderThatIsALinkLeadsNowhere() throws IOException {
    Files.writeString(outside.resolve("0.log"), "secret");
    Files.createSymbolicLink(directory.resolve("c"), outside);
    assertThat(read(log)).isEqualTo("nothing");
    Files.delete(outside.resolve("0.log"));
    assertThatThrownBy(() -> log.create(calls)).isInstanceOf(ErrnoException.class);
    ContainerLog deeper = new ContainerLog(directory, directory.resolve("c/d/0.log"));
    assertThatThrownBy(() -> deeper.create(calls)).isInstanceOf(ErrnoException.class);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aFileThatIsALinkIsNeitherReadNorWritten() throws IOException {
    Path secret = Files.writeString(outside.resolve("shadow"), "secret");
    Files.createDirectory(directory.resolve("c"));
    Files.createSymbolicLink(directory.resolve("c/0.log"), secret);
    assertThat(read(log)).isEqualTo("nothing");
    assertThat(log.create(calls)).isEmpty();
    assertThat(secret).hasContent("secret");
  }
}
