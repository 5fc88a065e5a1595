package io.jcri.daemon.imports.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.imports.ImportException;
import io.jcri.sandbox.linux.Linux;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that are made again, and what is in the way of it. */
class LayerTarKernelTest {
  private static final byte[] LARGE = new byte[300_000];

  static {
    for (int i = 0; i < LARGE.length; i++) {
      LARGE[i] = (byte) (i * 31 + i / 1000);
    }
  }

  @TempDir Path folder;
  private Path files = Path.of("");
  private Path split = Path.of("");
  private final StringBuilder lines = new StringBuilder();
  private final ByteArrayOutputStream expected = new ByteArrayOutputStream();

  /** Headers need not be any: they are bytes like others. */
  @BeforeEach
  void write() throws IOException {
    files = Files.createDirectories(folder.resolve("diff"));
    split = folder.resolve("split.gz");
    segment("header of small");
    file("dir/small", "small".getBytes(StandardCharsets.UTF_8), "\"name\":\"./dir/small\"");
    segment("header of empty");
    Files.createFile(files.resolve("empty"));
    lines.append("{\"type\":1,\"name\":\"empty\",\"payload\":null,\"position\":3}\n");
    segment("header of large");
    // e acute in Latin-1, which is no UTF-8: Go shows it with a question mark of its own.
    String raw = Base64.getEncoder().encodeToString(new byte[] {'l', (byte) 0xe9});
    file("l\udce9", LARGE, "\"name\":\"l\ufffd\",\"name_raw\":\"" + raw + "\"");
    segment("the end");
    writeSplit();
  }

  private void segment(String bytes) {
    byte[] content = bytes.getBytes(StandardCharsets.UTF_8);
    expected.writeBytes(content);
    lines
        .append("{\"type\":2,\"payload\":\"")
        .append(Base64.getEncoder().encodeToString(content))
        .append("\",\"position\":0}\n");
  }

  private void file(String path, byte[] content, String name) throws IOException {
    Path file = Path.of(files.toString(), path.replace('\udce9', 'X'));
    Files.createDirectories(file.getParent());
    if (path.equals("l\udce9")) {
      // Java's own names have no such byte.
      Files.write(file, content);
      int _ = run("sh", "-c", "mv lX $(printf 'l\\351')");
    } else {
      Files.write(file, content);
    }
    expected.writeBytes(content);
    Crc64 sum = new Crc64();
    sum.update(content, 0, content.length);
    String payload =
        Base64.getEncoder()
            .encodeToString(ByteBuffer.allocate(Long.BYTES).putLong(sum.value()).array());
    lines
        .append("{\"type\":1,")
        .append(name)
        .append(",\"size\":")
        .append(content.length)
        .append(",\"payload\":\"")
        .append(payload)
        .append("\",\"position\":0}\n");
  }

  private int run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).directory(files.toFile()).start().waitFor();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void writeSplit() throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(split))) {
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private byte[] read() throws IOException {
    try (LayerTar tar = new LayerTar(Linux.get(), split, files)) {
      return tar.readAllBytes();
    }
  }

  private void refused(String why) {
    assertThatThrownBy(this::read).isInstanceOf(ImportException.class).hasMessageContaining(why);
  }

  @Test
  void theArchiveIsTheSameByteForByte() throws IOException {
    assertThat(read()).isEqualTo(expected.toByteArray());
    assertThat(LayerTar.size(split)).isEqualTo(expected.size());
  }

  @Test
  void theSumIsTheOneOfGo() {
    Crc64 sum = new Crc64();
    sum.update("x123456789".getBytes(StandardCharsets.US_ASCII), 1, 9);
    assertThat(sum.value()).isEqualTo(0xB90956C775A41001L);
  }

  @Test
  void aFileThatHasChangedIsNamed() throws IOException {
    Path small = files.resolve("dir/small");
    Files.writeString(small, "smell");
    refused("file ./dir/small has other content than when the layer was unpacked");
    Files.writeString(small, "smal");
    refused("file ./dir/small is shorter than when the layer was unpacked");
    Files.writeString(small, "small and more");
    assertThat(read()).as("more is not asked for").isEqualTo(expected.toByteArray());
    Files.delete(small);
    refused("file ./dir/small is missing");
  }

  @Test
  void whatIsNoFileIsNotRead() throws IOException {
    Path small = files.resolve("dir/small");
    Path outside = Files.writeString(folder.resolve("outside"), "small");
    Files.delete(small);
    Files.createSymbolicLink(small, outside);
    refused("file ./dir/small is missing");
    Files.delete(small);
    Files.delete(small.getParent());
    Files.createSymbolicLink(small.getParent(), folder);
    Files.writeString(folder.resolve("small"), "small");
    refused("file ./dir/small is missing");
    Files.delete(small.getParent());
    Files.createDirectory(small.getParent());
    assertThat(run("mkfifo", "dir/small")).isZero();
    refused("file ./dir/small is no longer a file");
  }

  @Test
  void aDamagedSplitIsToldOf() throws IOException {
    byte[] whole = Files.readAllBytes(split);
    Files.write(split, Arrays.copyOf(whole, whole.length / 2));
    refused("is damaged");
    Files.writeString(split, "no gzip");
    refused("is damaged");
    lines.append("{\"type\":3}\n");
    writeSplit();
    refused("has entries of type 3");
    lines.append("no JSON\n");
    lines.delete(0, lines.indexOf("no JSON"));
    writeSplit();
    refused("is damaged: bad JSON");
  }
}
