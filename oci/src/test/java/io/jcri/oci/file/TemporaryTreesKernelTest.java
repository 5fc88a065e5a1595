package io.jcri.oci.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.snapshot.Commands;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryTreesKernelTest {
  @TempDir Path temp;
  private final Mounts mounts = new Mounts(Linux.get());

  @AfterEach
  void unmount() throws IOException {
    mounts.unmountAllBelow(temp);
  }

  @Test
  void whatCannotBeDeletedNowIsDeletedWhenItCan() throws Exception {
    Commands.sh(temp, "mkdir -p gone/diff/a; mount -t tmpfs jct gone/diff/a");
    TemporaryTrees trees = new TemporaryTrees(Linux.get(), mounts, temp);
    trees.discard(temp.resolve("gone"));
    assertThat(temp.resolve("gone/diff/a")).exists();

    mounts.unmount(temp.resolve("gone/diff/a"));
    while (Files.exists(temp.resolve("gone"))) {
      Thread.sleep(Duration.ofMillis(20)); // for ever only if it is not tried again
    }
  }
}
