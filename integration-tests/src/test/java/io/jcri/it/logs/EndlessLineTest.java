package io.jcri.it.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A program writes a line that does not end. */
class EndlessLineTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int PREFIX = 40;
  private static final int PIECE = 16 << 10;
  private static final long MEGABYTES =
      Long.parseLong(System.getenv().getOrDefault("JCRI_LOG_LINE_MB", "48"));

  /** Of which pages are there only while they are used: two buffers of 144 KiB, one of 256. */
  private static final long MOST_KIBIBYTES = 1024;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void itIsLoggedInPiecesAndTheShimStaysSmall() throws IOException {
    TestContainer container =
        NODE.pod()
            .start(
                "sh",
                "-c",
                "head -c %dm /dev/zero | tr '\\0' x; echo y; echo z; sleep 100000"
                    .formatted(MEGABYTES));
    long before = peak(container.shimPid());
    Waiting.until(
        PATIENCE,
        () -> end(container.logFile()).endsWith(" stdout F z\n"),
        () -> "the line does not end");
    long peak = peak(container.shimPid());
    Load.tell("shim's peak: %d KiB at first, %d KiB after the line".formatted(before, peak));
    assertThat(peak).isLessThan(MOST_KIBIBYTES);
    assertThat(payload(container.logFile())).isEqualTo((MEGABYTES << 20) + "y\nz\n".length());
  }

  private static String end(Path log) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(log)) {
      ByteBuffer last = ByteBuffer.allocate(PREFIX + 2);
      channel.position(Math.max(0, channel.size() - last.capacity())).read(last);
      return new String(last.array(), 0, last.position(), StandardCharsets.ISO_8859_1);
    }
  }

  private static long peak(int pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** Bytes of the program's, in pieces of the length that the kubelet reads. */
  private static long payload(Path log) throws IOException {
    long payload = 0;
    int length = 0;
    boolean full = false;
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(log))) {
      for (int got = in.read(buffer); got > 0; got = in.read(buffer)) {
        for (int i = 0; i < got; i++) {
          if (length == PREFIX - 2) {
            full = buffer[i] == 'F';
          }
          length++;
          if (buffer[i] == '\n') {
            assertThat(length - PREFIX - 1).isLessThanOrEqualTo(PIECE);
            payload += length - PREFIX - (full ? 0 : 1);
            length = 0;
          }
        }
      }
    }
    assertThat(length).as("bytes of a torn line").isZero();
    return payload;
  }
}
