package io.jcri.oci.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.file.Trees;
import io.jcri.oci.layer.LayerStream;
import io.jcri.oci.layer.LayerUnpacker;
import io.jcri.oci.layer.LayerUnpackerKernelTest;
import io.jcri.oci.layer.UnpackedLayer;
import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.snapshot.TreeListing;
import io.jcri.oci.tar.Tars;
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

  @Test
  void holesStayHolesForEveryReader() throws IOException {
    Commands.sh(
        temp,
        """
        mkdir -p t/d out
        truncate -s 1T t/hole
        truncate -s 2T t/d/both; printf middle >> t/d/both; truncate -s 3T t/d/both
        printf start > t/end; truncate -s 64M t/end; printf end >> t/end
        setfattr -n user.note -v kept t/end
        cp t/end "t/$(head -c 200 /dev/zero | tr '\\0' n)"
        head -c 300000 /dev/zero > t/zeros
        ln t/end t/link
        """);
    byte[] archive = pack(temp.resolve("t"));
    assertThat(archive.length).isLessThan(400_000);
    Path root = Files.createDirectory(temp.resolve("root"));
    try (LayerStream stream =
        new LayerStream(
            Linux.get(), new ByteArrayInputStream(archive), "test", archive.length, 1L << 30)) {
      UnpackedLayer _ = new LayerUnpacker(Linux.get()).unpack(stream, root, temp.resolve("spool"));
    }
    Files.write(temp.resolve("archive"), archive);
    Commands.sh(temp, "tar --xattrs --xattrs-include='*' --numeric-owner -C out -xpf archive");
    String content =
        "find . -printf '%p %s %y %m %n\\n' | sort; tail -c +2199023255553 d/both | head -c 7;"
            + " head -c 6 end; tail -c 4 end; md5sum zeros n*; getfattr -d end";
    String expected = Commands.sh(temp.resolve("t"), content);
    assertThat(Commands.sh(root, content)).isEqualTo(expected);
    assertThat(Commands.sh(temp.resolve("out"), content)).isEqualTo(expected);
    assertThat(Trees.usage(Linux.get(), root).bytes()).isLessThan(1 << 20);
    assertThat(Trees.usage(Linux.get(), temp.resolve("out")).bytes()).isLessThan(1 << 20);
  }

  @Test
  void aFileInTooManyPartsIsPackedWithItsZerosUnlessTheyAreTooMany() throws IOException {
    Commands.sh(
        temp,
        """
        mkdir t
        for i in 0 2 4 6; do
          printf x | dd of=t/some bs=64k seek=$i conv=sync,notrunc status=none
        done
        """);
    LayerPacker packer = new LayerPacker(Linux.get(), 3);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    packer.pack(temp.resolve("t"), out);
    assertThat(out.size()).isGreaterThan(7 << 16);
    assertThat(Tars.readAll(out.toByteArray(), 1 << 16).getLast().content().array())
        .isEqualTo(Files.readAllBytes(temp.resolve("t/some")));
    Commands.sh(
        temp,
        "for i in 0 1 2 3; do printf x | dd of=t/many bs=1M seek=$i conv=notrunc status=none; done");
    assertThatThrownBy(() -> packer.pack(temp.resolve("t"), new ByteArrayOutputStream()))
        .isInstanceOfSatisfying(
            OciException.class,
            e -> assertThat(e.kind()).isEqualTo(OciException.Kind.FAILED_PRECONDITION))
        .hasMessageContaining("many in the layer has more than 3 parts");
  }

  private static byte[] pack(Path tree) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new LayerPacker(Linux.get()).pack(tree, out);
    return out.toByteArray();
  }
}
