package io.jcri.oci.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.Trees;
import io.jcri.oci.tar.TarFuzz;
import io.jcri.sandbox.linux.Linux;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Any bytes unpack below their root or are an {@link OciException}. Needs root; the folder is best
 * on a tmpfs.
 */
public final class LayerFuzz {

  private static final LayerLimits LIMITS = new LayerLimits(64 << 20, 10_000, 1 << 16);

  private LayerFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Path folder = Files.createTempDirectory("jcri-layer-fuzz");
    Path root = Files.createDirectory(folder.resolve("root"));
    Path spool = folder.resolve("spool");
    byte[] archive = TarFuzz.sealed(input);
    try (LayerStream stream =
        new LayerStream(
            Linux.get(),
            new ByteArrayInputStream(archive),
            "fuzz",
            archive.length,
            LIMITS.bytes())) {
      UnpackedLayer layer = new LayerUnpacker(Linux.get(), LIMITS).unpack(stream, root, spool);
      DiskUsage real = Trees.usage(Linux.get(), root);
      assertThat(layer.usage().inodes()).isEqualTo(real.inodes());
    } catch (OciException e) {
      assertThat(e.kind()).isNotEqualTo(OciException.Kind.INTERNAL);
    } finally {
      try (Stream<Path> left = Files.list(folder)) {
        assertThat(List.of(root, spool)).containsAll(left.toList());
      }
      Trees.delete(Linux.get(), folder);
    }
  }
}
