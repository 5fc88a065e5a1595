package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.FileStat;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.OpenFlags;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session's output whose other end may stay open. */
class PipeInputTest {
  @TempDir Path directory;
  private PipeInput input;
  private OutputStream writer;

  @BeforeEach
  void open() throws IOException {
    Path pipe = directory.resolve("pipe");
    Linux.get().mknodat(Fd.CWD, pipe.toString(), FileStat.FIFO | 0600, 0, 0);
    input = new PipeInput(Linux.get().open(pipe.toString(), OpenFlags.NONBLOCK, 0));
    writer = Files.newOutputStream(pipe);
  }

  @AfterEach
  void close() throws IOException {
    input.close();
    writer.close();
  }

  private CompletableFuture<String> read() {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return new String(input.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        return e.getMessage();
      }
    });
  }

  @Test
  void onceLeftItEndsThoughNobodyClosesTheOtherEnd() throws Exception {
    CompletableFuture<String> text = read();
    input.leave();
    assertThat(text.get(30, TimeUnit.SECONDS)).contains("does not end its output");
  }

  @Test
  void whatHasComeByThenIsRead() throws Exception {
    writer.write("last words".getBytes(StandardCharsets.UTF_8));
    input.leave();
    writer.close();
    assertThat(read().get(30, TimeUnit.SECONDS)).isEqualTo("last words");
  }

  @Test
  void aCloseEndsAReadThatWaits() throws Exception {
    CompletableFuture<String> text = read();
    input.close();
    assertThat(text.get(30, TimeUnit.SECONDS)).contains("closed");
    assertThat(input.available()).isZero();
    assertThatThrownBy(input::read).isInstanceOf(IOException.class);
  }
}
