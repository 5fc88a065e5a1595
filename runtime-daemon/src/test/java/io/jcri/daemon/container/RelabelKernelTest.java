package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With an attribute that any file system and kernel lets root set, in place of SELinux's. */
class RelabelKernelTest {
  private static final String ATTRIBUTE = "user.jcri-test";
  private static final String LABEL = "system_u:object_r:container_file_t:s0:c1,c2";

  private final Syscalls calls = Linux.get();
  private final Relabel relabel = new Relabel(calls, ATTRIBUTE);

  @TempDir Path temporary;
  private Path top = Path.of("");

  @BeforeEach
  void followLinks() throws IOException {
    top = Files.createDirectory(temporary.toRealPath().resolve("volume"));
  }

  @Test
  void labelsEverythingBelowAndNothingBehindALink() throws IOException {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Path secret = Files.writeString(outside.resolve("secret"), "x");
    Path deep = Files.createDirectories(top.resolve("a/b/c"));
    Path file = Files.writeString(deep.resolve("file"), "x");
    Files.createSymbolicLink(top.resolve("a/link"), outside);
    Files.createSymbolicLink(top.resolve("to-file"), secret);

    relabel.apply(top, LABEL);

    for (Path labelled : new Path[] {top, top.resolve("a"), deep, file}) {
      assertThat(label(labelled)).as(labelled.toString()).contains(LABEL);
    }
    assertThat(label(outside)).isEmpty();
    assertThat(label(secret)).isEmpty();
    assertThat(label(temporary)).as("its parent").isEmpty();
  }

  @Test
  void labelsASingleFile() throws IOException {
    Path file = Files.writeString(top.resolve("file"), "x");
    relabel.apply(file, LABEL);
    assertThat(label(file)).contains(LABEL);
    assertThat(label(top)).isEmpty();
  }

  @Test
  void replacesAnotherLabel() throws IOException {
    relabel.apply(top, "old");
    relabel.apply(top, LABEL);
    assertThat(label(top)).contains(LABEL);
  }

  @Test
  void goesOnWhereAFileSystemHasNoLabels() throws IOException {
    Path file = Files.writeString(top.resolve("file"), "x");
    Relabel other = new Relabel(calls, "no-such-name-space.x");
    other.apply(top, LABEL);
    assertThat(label(file)).isEmpty();
  }

  @Test
  void aTreeThatIsVeryDeepDoesNotExhaustIt() throws IOException {
    Path at = top;
    for (int i = 0; i < 300; i++) {
      at = at.resolve("d");
    }
    Files.createDirectories(at);
    relabel.apply(top, LABEL);
    assertThat(label(top.resolve("d/d/d"))).contains(LABEL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/etc", "/usr", "/var", "/var/lib", "/etc/ssl", "/proc/1", "/dev/shm/x"})
  void refusesWhatBelongsToTheSystem(String path) {
    assertThatThrownBy(() -> relabel.apply(Path.of(path), LABEL))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining(path + " belongs to the system")
        .satisfies(
            e -> assertThat(((JcriException) e).kind()).isEqualTo(JcriException.Kind.INVALID));
  }

  private Optional<String> label(Path path) throws IOException {
    return calls
        .lgetxattr(path.toString(), ATTRIBUTE)
        .map(value -> new String(value, StandardCharsets.UTF_8));
  }
}
