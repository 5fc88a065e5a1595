package io.jcri.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
  @TempDir Path proc;

  private void open(int pid, String number, String what) throws IOException {
    Path open = Files.createDirectories(proc.resolve(pid + "/fd"));
    Files.createSymbolicLink(open.resolve(number), Path.of(what));
  }

  private void limits(int pid, String openFiles) throws IOException {
    Path limits = Files.createDirectories(proc.resolve("" + pid)).resolve("limits");
    Files.writeString(
        limits,
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             4096                 4096                 processes
        %s
        """
            .formatted(openFiles));
  }

  @Test
  void descriptorsOfAllAreCountedAndOneThatHasEndedHasNone() throws IOException {
    open(1, "0", "anon_inode:inotify");
    open(1, "1", "socket:[4711]");
    open(7, "0", "pipe:[12]");
    open(7, "1", "anon_inode:[eventpoll]");
    open(7, "2", "socket:[4712]");
    assertThat(Processes.of(proc, List.of(1, 7, 99))).isEqualTo(new Processes(5, 2));
  }

  @Test
  void theSoftLimitOfOpenFilesIsRead() throws IOException {
    limits(1, "Max open files            1024                 524288               files");
    limits(2, "Max open files            unlimited            unlimited            files");
    limits(3, "Max locked memory         65536                65536                bytes");
    assertThat(Processes.openFilesLimit(proc, 1)).hasValue(1024);
    assertThat(Processes.openFilesLimit(proc, 2)).hasValue(-1);
    assertThat(Processes.openFilesLimit(proc, 3)).isEmpty();
    assertThat(Processes.openFilesLimit(proc, 99)).isEmpty();
  }
}
