package io.jcri.oci.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierProgramsTest {

  private static final Digest DIGEST = Digest.of(new byte[] {1});

  @TempDir private Path temp;

  private void program(String name, String script) throws IOException {
    Path directory = Files.createDirectories(temp.resolve("bin"));
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void ask(Duration timeout) {
    new VerifierPrograms(temp.resolve("bin"), timeout)
        .ask(ImageReference.parse("q.io/a:1"), new Descriptor(MediaTypes.OCI_MANIFEST, DIGEST, 77));
  }

  private void ask() {
    ask(Duration.ofSeconds(60));
  }

  private void assertRefused(String why) {
    assertThatThrownBy(this::ask)
        .isInstanceOf(OciException.class)
        .hasMessageContaining(why)
        .extracting(e -> ((OciException) e).kind())
        .isEqualTo(OciException.Kind.SIGNATURE_VALIDATION_FAILED);
  }

  @Test
  void eachIsCalledAsContainerdCallsIt() throws IOException {
    for (String name : new String[] {"2", "1"}) {
      program(
          name, "echo $0 \"$@\" >> %s; cat >> %s".formatted(temp.resolve("a"), temp.resolve("i")));
    }
    ask();
    String arguments =
        " -name q.io/a:1 -digest %s -stdin-media-type application/vnd.oci.descriptor.v1+json"
            .formatted(DIGEST);
    assertThat(Files.readAllLines(temp.resolve("a")))
        .containsExactly(temp.resolve("bin/1") + arguments, temp.resolve("bin/2") + arguments);
    String descriptor =
        "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"%s\",\"size\":77}"
            .formatted(DIGEST);
    assertThat(Files.readString(temp.resolve("i"))).isEqualTo(descriptor + descriptor);
  }

  @Test
  void oneThatSaysNoIsEnoughAndItsReasonIsTold() throws IOException {
    program("1", "echo fine; echo noise >&2");
    program("2", "echo not from here; exit 3");
    program("3", "touch " + temp.resolve("asked"));
    assertRefused(
        "verifier "
            + temp.resolve("bin/2")
            + ": it rejects the image (exit code 3): not from here");
    assertThat(temp.resolve("asked")).doesNotExist();
  }

  @Test
  void oneThatCannotBeAskedHasNotSaidYes() throws IOException {
    assertRefused("there is no directory " + temp.resolve("bin"));
    Files.createDirectories(temp.resolve("bin"));
    Files.writeString(temp.resolve("bin/text"), "not a program");
    assertRefused("verifier " + temp.resolve("bin/text"));
    Files.delete(temp.resolve("bin/text"));
    for (int i = 0; i < 11; i++) {
      program("p" + i, "true");
    }
    assertRefused("more than 10 verifiers");
  }

  /** What a program that hangs has started must not stay. */
  @Test
  void oneThatHangsIsEnded() throws Exception {
    program("1", "sleep 1000 & echo $! > %s; wait".formatted(temp.resolve("pid")));
    assertThatThrownBy(() -> ask(Duration.ofSeconds(2)))
        .hasMessageContaining("no answer within 2 s");
    long pid = Long.parseLong(Files.readString(temp.resolve("pid")).strip());
    // A killed process is told of as running until it is a zombie.
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (isRunning(pid) && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    assertThat(isRunning(pid)).isFalse();
  }

  private static boolean isRunning(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void endlessOutputIsReadAndForgotten() throws IOException {
    program("1", "head -c 10000000 /dev/zero | tr '\\0' x; head -c 1000000 /dev/zero >&2");
    ask();
    program("1", "head -c 10000000 /dev/zero | tr '\\0' x; exit 1");
    assertRefused("xxx...");
  }

  @Test
  void withoutProgramsNobodySaysNo() throws IOException {
    Files.createDirectories(temp.resolve("bin"));
    ask();
  }
}
