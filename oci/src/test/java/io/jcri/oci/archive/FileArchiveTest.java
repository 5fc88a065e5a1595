package io.jcri.oci.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileArchiveTest {

  private static final FileArchive.Limits LIMITS = new FileArchive.Limits(20, 1 << 20);

  @TempDir Path temp;
  private final FileArchive archives = new FileArchive(Linux.get());
  private Path out;

  @BeforeEach
  void makeOut() throws IOException {
    out = Files.createDirectory(temp.resolve("out"));
  }

  @Test
  void whatIsPackedUnpacksToTheSameAndIsPrivate() throws IOException {
    Path in = Files.createDirectories(temp.resolve("in"));
    Files.createDirectories(in.resolve("images/" + "n".repeat(150)));
    byte[] data = new byte[300_000];
    new Random(7).nextBytes(data);
    Files.write(in.resolve("images/pages"), data);
    Files.writeString(in.resolve("images/" + "n".repeat(150) + "/empty"), "");
    Files.writeString(in.resolve("first"), "one");
    Files.writeString(in.resolve("unwanted"), "two");
    unpack(pack(in, "first", "missing", "images"));
    assertThat(Files.readAllBytes(out.resolve("images/pages"))).isEqualTo(data);
    assertThat(out.resolve("images/" + "n".repeat(150) + "/empty")).isEmptyFile();
    assertThat(Files.readString(out.resolve("first"))).isEqualTo("one");
    assertThat(out.resolve("unwanted")).doesNotExist();
    assertThat(mode("images")).isEqualTo("rwx------");
    assertThat(mode("first")).isEqualTo("rw-------");
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve(name)));
  }

  @Test
  void modesOfTheArchiveCountForNothing() throws IOException {
    unpack(new Tars().directory("d", 0777).file("d/f", "x").build());
    assertThat(mode("d")).isEqualTo("rwx------");
    assertThat(mode("d/f")).isEqualTo("rw-------");
  }

  @Test
  void whatIsNoPlainFileIsNotPacked() throws IOException {
    Path in = Files.createDirectories(temp.resolve("in"));
    Files.createSymbolicLink(in.resolve("link"), Path.of("/etc/passwd"));
    assertThatThrownBy(() -> pack(in, "link")).hasMessageContaining("link is no plain file");
  }

  @Test
  void hostileEntriesAreRefused() {
    refused(new Tars().symlink("a", "/etc"), "symbolic link");
    refused(new Tars().file("x", "").hardLink("a", "x"), "hard link");
    refused(new Tars().file("../a", ""), "climbs");
    refused(new Tars().file("a/../../b", ""), "climbs");
    refused(new Tars().file("a", "1").file("a", "2"), "twice");
    refused(new Tars().file("a", "1").file("./a", "2"), "twice");
    refused(new Tars().file("c", "1").file("c/b", "2"), "cannot unpack");
    refused(new Tars().file("1/2/3/4/5/6/7/8/9/10", ""), "deep");
    assertThat(temp.resolve("a")).doesNotExist();
    assertThat(temp.resolve("b")).doesNotExist();
  }

  @Test
  void anAbsoluteNameStaysBelow() throws IOException {
    unpack(new Tars().file("/etc/x", "here").build());
    assertThat(Files.readString(out.resolve("etc/x"))).isEqualTo("here");
  }

  @Test
  void limitsHold() {
    refused(new Tars().file("a", "x".repeat(600_000)).file("b", "x".repeat(600_000)), "larger");
    Tars many = new Tars();
    for (int i = 0; i < 21; i++) {
      many.file("f" + i, "");
    }
    refused(many, "more than 20 entries");
  }

  @Test
  void aDirectoryThatBecameALinkIsNotFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.createSymbolicLink(out.resolve("d"), elsewhere);
    assertThatThrownBy(() -> unpack(new Tars().file("d/f", "x").build()))
        .isInstanceOf(OciException.class);
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aCutArchiveIsDataLoss() throws IOException {
    byte[] whole = new Tars().file("a", "x".repeat(5000)).build();
    assertThatThrownBy(() -> unpack(Arrays.copyOf(whole, 2000)))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DATA_LOSS));
  }

  private void refused(Tars tars, String message) {
    assertThatThrownBy(() -> unpack(tars.build()))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID))
        .hasMessageContaining(message);
  }

  private byte[] pack(Path in, String... names) throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    archives.pack(in, List.of(names), archive);
    return archive.toByteArray();
  }

  private void unpack(byte[] archive) {
    archives.unpack(new ByteArrayInputStream(archive), out, LIMITS);
  }
}
