package io.jcri.oci.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.snapshot.Commands;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesKernelTest {

  @Test
  void aFileWithSeveralNamesIsOneInode(@TempDir Path temp) throws IOException {
    Commands.sh(
        temp,
        """
        mkdir -p t/a/b
        head -c 100000 /dev/zero | tr '\\0' x > t/a/f
        for i in 1 2 3 4 5 6 7 8 9; do ln t/a/f t/a/b/$i; done
        ln -s f t/a/s
        """);
    DiskUsage usage = Trees.usage(Linux.get(), temp.resolve("t"));
    assertThat(usage.inodes()).isEqualTo(5);
    long du = Long.parseLong(Commands.sh(temp, "du -s --block-size=1 t").split("\t", 2)[0]);
    assertThat(usage.bytes()).isBetween(du - 10, du);
  }
}
