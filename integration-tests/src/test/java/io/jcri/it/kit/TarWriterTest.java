package io.jcri.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GNU tar reads what TarWriter writes. */
class TarWriterTest {
  private static final String LONG_NAME = "d/" + "x".repeat(200);

  @Test
  void gnuTarReadsEveryKindOfMember(@TempDir Path folder) throws IOException {
    Path archive = folder.resolve("a.tar");
    try (OutputStream out = Files.newOutputStream(archive);
        TarWriter tar = new TarWriter(out)) {
      tar.add(TarEntry.directory("d", 0750));
      tar.add(
          TarEntry.file(LONG_NAME, 0640, "hello".getBytes(StandardCharsets.UTF_8))
              .withOwner(4_000_000_000L, 7));
      tar.add(TarEntry.hardLink("d/hard", LONG_NAME, 0640));
      tar.add(TarEntry.symbolicLink("d/soft", "../nowhere"));
      tar.add(TarEntry.fifo("d/pipe", 0600));
      tar.add(TarEntry.device(TarEntry.Type.CHARACTER_DEVICE, "d/null", 0666, 1, 3));
      tar.add(TarEntry.file("d/late", "x").withModified(Instant.parse("2026-02-03T04:05:06.789Z")));
      tar.add(TarEntry.whiteout("d/gone"));
      tar.add(TarEntry.opaque("d"));
    }

    Command.Result listed =
        Command.of("tar", "--full-time", "--numeric-owner", "-tvf", archive.toString())
            .withEnvironment("TZ", "UTC")
            .run()
            .orThrow();

    assertThat(listed.err()).isEmpty();
    assertThat(listed.out().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "drwxr-x--- 0/0 0 2026-01-01 00:00:00 d",
            "-rw-r----- 4000000000/7 5 2026-01-01 00:00:00 " + LONG_NAME,
            "hrw-r----- 0/0 0 2026-01-01 00:00:00 d/hard link to " + LONG_NAME,
            "lrwxrwxrwx 0/0 0 2026-01-01 00:00:00 d/soft -> ../nowhere",
            "prw------- 0/0 0 2026-01-01 00:00:00 d/pipe",
            "crw-rw-rw- 0/0 1,3 2026-01-01 00:00:00 d/null",
            "-rw-r--r-- 0/0 1 2026-02-03 04:05:06.789 d/late",
            "-rw-r--r-- 0/0 0 2026-01-01 00:00:00 d/.wh.gone",
            "-rw-r--r-- 0/0 0 2026-01-01 00:00:00 d/.wh..wh..opq");
  }
}
