package io.jcri.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramFileTest {
  @TempDir Path directory;

  @Test
  void anotherFileInItsPlaceIsAnother() throws IOException {
    Path program = Files.writeString(directory.resolve("runc"), "one");
    Path link = Files.createSymbolicLink(directory.resolve("link"), program);
    var first = ProgramFile.of(link);
    assertThat(ProgramFile.of(program)).isEqualTo(first).isPresent();

    Path next = Files.writeString(directory.resolve("next"), "two");
    Files.setLastModifiedTime(next, Files.getLastModifiedTime(program));
    Files.move(next, program, StandardCopyOption.REPLACE_EXISTING);
    assertThat(ProgramFile.of(link)).isPresent().isNotEqualTo(first);
  }

  @Test
  void soIsOneThatWasWrittenOver() throws IOException {
    Path program = Files.writeString(directory.resolve("runc"), "one");
    var first = ProgramFile.of(program);
    Files.writeString(program, "three");
    assertThat(ProgramFile.of(program)).isPresent().isNotEqualTo(first);
  }

  @Test
  void oneThatIsGoneIsNone() {
    assertThat(ProgramFile.of(directory.resolve("runc"))).isEmpty();
  }
}
