package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Linux;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerPackerKernelTest {

  @TempDir Path temp;

  @Test
  void whatIsPackedUnpacksToTheSame() throws IOException {
    Commands.sh(temp, LayerUnpackerKernelTest.SOURCE_TREE);
    Commands.sh(
        temp,
        """
        mkdir t/replaced
        mknod t/etc/gone c 0 0
        setfattr -n trusted.overlay.opaque -v y t/replaced
        setfattr -n trusted.overlay.origin -v 0x00 t/etc
        touch -d '2001-01-01 00:00:00.5' t/replaced t/etc t
        """);
    byte[] archive = pack(temp.resolve("t"));
    Path root = Files.createDirectory(temp.resolve("root"));
    try (LayerStream stream =
        new LayerStream(
            Linux.get(), new ByteArrayInputStream(archive), "test", archive.length, 1L << 30)) {
      UnpackedLayer layer =
          new LayerUnpacker(Linux.get()).unpack(stream, root, temp.resolve("spool"));
      assertThat(layer.isIndependent()).isTrue();
    }
    Commands.sh(
        temp, "setfattr -x trusted.overlay.origin t/etc; touch -d '2001-01-01 00:00:00.5' t/etc");
    assertThat(comparable(root)).isEqualTo(comparable(temp.resolve("t")));
    Files.write(temp.resolve("archive"), archive);
    assertThat(Commands.sh(temp, "tar -tf archive").lines())
        .contains("./", "etc/.wh.gone", "replaced/", "replaced/.wh..wh..opq");
  }

  /** Whiteouts have no attributes that mean anything. */
  private static SortedMap<String, String> comparable(Path root) throws IOException {
    SortedMap<String, String> tree = new TreeMap<>();
    TreeListing.of(root)
        .forEach((path, line) -> tree.put(path, line.contains("dev=0:0") ? "whiteout" : line));
    return tree;
  }

  @Test
  void whatALayerCannotSayIsRefused() throws IOException {
    Commands.sh(temp, "mkdir -p t/moved; setfattr -n trusted.overlay.redirect -v /x t/moved");
    assertThatThrownBy(() -> pack(temp.resolve("t")))
        .isInstanceOfSatisfying(
            OciException.class,
            e -> assertThat(e.kind()).isEqualTo(OciException.Kind.FAILED_PRECONDITION))
        .hasMessageContaining("moved");
  }

  @Test
  void socketsAreLeftOut() throws IOException {
    Files.createDirectory(temp.resolve("t"));
    try (var server =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      server.bind(java.net.UnixDomainSocketAddress.of(temp.resolve("t").resolve("s")));
      Files.write(temp.resolve("archive"), pack(temp.resolve("t")));
      assertThat(Commands.sh(temp, "tar -tf archive").strip()).isEqualTo("./");
    }
  }

  private static byte[] pack(Path tree) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new LayerPacker(Linux.get()).pack(tree, out);
    return out.toByteArray();
  }
}
