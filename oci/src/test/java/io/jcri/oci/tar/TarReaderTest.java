package io.jcri.oci.tar;

import static io.jcri.oci.tar.Tars.concat;
import static io.jcri.oci.tar.Tars.header;
import static io.jcri.oci.tar.Tars.padded;
import static io.jcri.oci.tar.Tars.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.tar.Tars.Member;
import io.jcri.sandbox.linux.PathBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {

  private static final int WHOLE = 1 << 20;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void readsWhatCommonsCompressReads(long seed) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] archive = randomArchive(random);
    List<Member> members = readAll(archive, random.nextInt(1, 3000));
    try (TarArchiveInputStream oracle =
        new TarArchiveInputStream(new ByteArrayInputStream(archive), "UTF-8")) {
      for (Member member : members) {
        TarArchiveEntry expected = oracle.getNextEntry();
        TarEntry actual = member.entry();
        assertThat(actual.name()).as("seed %d", seed).isEqualTo(expected.getName());
        assertThat(actual.linkName()).isEqualTo(expected.getLinkName());
        assertThat(actual.mode()).isEqualTo(expected.getMode() & 07777);
        // The oracle takes large IDs through an int.
        assertThat(actual.uid()).isEqualTo(expected.getLongUserId() & 0xffffffffL);
        assertThat(actual.gid()).isEqualTo(expected.getLongGroupId() & 0xffffffffL);
        assertThat(Instant.ofEpochSecond(actual.mtimeSeconds(), actual.mtimeNanos()))
            .isEqualTo(expected.getLastModifiedTime().toInstant());
        assertThat(actual.deviceMajor()).isEqualTo(expected.getDevMajor());
        assertThat(actual.deviceMinor()).isEqualTo(expected.getDevMinor());
        assertThat(actual.type()).isEqualTo(typeOf(expected));
        assertThat(member.content()).isEqualTo(ByteBuffer.wrap(oracle.readAllBytes()));
      }
      assertThat(oracle.getNextEntry()).isNull();
    }
  }

  private static byte[] randomArchive(RandomGenerator random) throws IOException {
    Tars tars = new Tars();
    boolean gnu = random.nextBoolean();
    tars.out()
        .setLongFileMode(
            gnu ? TarArchiveOutputStream.LONGFILE_GNU : TarArchiveOutputStream.LONGFILE_POSIX);
    tars.out()
        .setBigNumberMode(
            gnu ? TarArchiveOutputStream.BIGNUMBER_STAR : TarArchiveOutputStream.BIGNUMBER_POSIX);
    byte[] types = {
      TarConstants.LF_NORMAL,
      TarConstants.LF_NORMAL,
      TarConstants.LF_DIR,
      TarConstants.LF_SYMLINK,
      TarConstants.LF_LINK,
      TarConstants.LF_CHR,
      TarConstants.LF_FIFO
    };
    for (int i = 0; i < 60; i++) {
      byte type = types[random.nextInt(types.length)];
      String name = "d" + i + "/" + "näme-".repeat(random.nextInt(1, 60));
      TarArchiveEntry entry =
          new TarArchiveEntry(type == TarConstants.LF_DIR ? name + "/" : name, type, true);
      entry.setMode(random.nextInt(010000));
      entry.setUserId(random.nextLong(0xffffffffL));
      entry.setGroupId(random.nextLong(0xffffffffL));
      // Base-256 times before 1970 are not understood by every reader; PAX ones are.
      entry.setLastModifiedTime(
          java.nio.file.attribute.FileTime.from(
              gnu
                  ? Instant.ofEpochSecond(random.nextLong(1L << 34))
                  : Instant.ofEpochSecond(
                      random.nextLong(-99999, 1L << 34), random.nextInt(1_000_000_000))));
      if (type == TarConstants.LF_SYMLINK || type == TarConstants.LF_LINK) {
        entry.setLinkName("../".repeat(random.nextInt(80)) + "ziel");
      }
      if (type == TarConstants.LF_CHR) {
        entry.setDevMajor(random.nextInt(4096));
        entry.setDevMinor(random.nextInt(0x40000));
      }
      byte[] data = new byte[type == TarConstants.LF_NORMAL ? random.nextInt(5000) : 0];
      random.nextBytes(data);
      entry.setSize(data.length);
      tars.out().putArchiveEntry(entry);
      tars.out().write(data);
      tars.out().closeArchiveEntry();
    }
    return tars.build();
  }

  private static TarEntry.Type typeOf(TarArchiveEntry entry) {
    return entry.isDirectory()
        ? TarEntry.Type.DIRECTORY
        : entry.isSymbolicLink()
            ? TarEntry.Type.SYMLINK
            : entry.isLink()
                ? TarEntry.Type.HARD_LINK
                : entry.isCharacterDevice()
                    ? TarEntry.Type.CHARACTER_DEVICE
                    : entry.isFIFO() ? TarEntry.Type.FIFO : TarEntry.Type.FILE;
  }

  @Test
  void paxRecordsOverrideTheHeader() throws IOException {
    byte[] archive =
        new Tars()
            .file(
                "short",
                "x",
                0755,
                1,
                2,
                Map.of("SCHILY.xattr.user.key", "värde", "mtime", "-1.25", "path", "ünï/code"))
            .build();
    TarEntry entry = readAll(archive, WHOLE).getFirst().entry();
    assertThat(entry.xattrs().get("user.key")).isEqualTo("värde".getBytes(StandardCharsets.UTF_8));
    assertThat(entry.mtimeSeconds()).isEqualTo(-2);
    assertThat(entry.mtimeNanos()).isEqualTo(750_000_000);
  }

  @Test
  void binaryXattrValuesSurvive() throws IOException {
    byte[] record = {'3', '1', ' '};
    byte[] key = "SCHILY.xattr.user.bin=".getBytes(StandardCharsets.US_ASCII);
    byte[] value = {0, '\n', (byte) 0xff, '=', 7};
    byte[] pax = concat(record, key, value, new byte[] {'\n'});
    assertThat(pax).hasSize(31);
    byte[] archive =
        concat(header('x', "pax", "", pax.length), padded(pax), header('0', "f", "", 0));
    assertThat(readAll(archive, WHOLE).getFirst().entry().xattrs().get("user.bin"))
        .isEqualTo(value);
  }

  @Test
  void namesThatAreNotUtf8Survive() throws IOException {
    byte[] archive = header('0', "caf\u00e9", "", 0);
    String name = readAll(archive, WHOLE).getFirst().entry().name();
    assertThat(PathBytes.encode(name)).isEqualTo("caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void globalHeadersAreSkippedAsGoDoes() throws IOException {
    byte[] pax = "12 uid=4711\n".getBytes(StandardCharsets.US_ASCII);
    byte[] archive =
        concat(header('g', "global", "", pax.length), padded(pax), header('0', "f", "", 0));
    assertThat(readAll(archive, WHOLE).getFirst().entry().uid()).isZero();
  }

  @Test
  void oldGnuSparseFilesHaveTheirHoles() throws IOException {
    byte[] block = header('S', "sparse", "", 1024);
    Tars.put(block, 257, "ustar  \0");
    Tars.put(
        block, 386, "00000001000\000" + "00000001000\000" + "00000004000\000" + "00000001000\000");
    Tars.put(block, 483, "00000010000\0");
    byte[] data = new byte[1024];
    java.util.Arrays.fill(data, 0, 512, (byte) 'a');
    java.util.Arrays.fill(data, 512, 1024, (byte) 'b');
    Member member = readAll(concat(Tars.sealed(block), data), 700).getFirst();
    byte[] expected = new byte[4096];
    java.util.Arrays.fill(expected, 512, 1024, (byte) 'a');
    java.util.Arrays.fill(expected, 2048, 2560, (byte) 'b');
    assertThat(member.entry().size()).isEqualTo(4096);
    assertThat(member.content()).isEqualTo(ByteBuffer.wrap(expected));
  }

  @Test
  void anArchiveMayEndWithoutItsMark() throws IOException {
    assertThat(readAll(header('0', "f", "", 0), WHOLE)).hasSize(1);
    assertThat(readAll(new byte[512], WHOLE)).isEmpty();
    assertThat(readAll(new byte[0], WHOLE)).isEmpty();
  }

  @Test
  void theLastFileMayEndTheArchive() throws IOException {
    byte[] whole = new Tars().file("a", "1").file("b", "22").build();
    for (int end = 3 * 512 + 2; end <= 4 * 512; end++) {
      assertThat(readAll(java.util.Arrays.copyOf(whole, end), 100)).hasSize(2);
    }
    assertFails(
        java.util.Arrays.copyOf(whole, 3 * 512 + 1), OciException.Kind.DATA_LOSS, "ends in \"b\"");
  }

  @Test
  void aTruncatedArchiveIsDataLossAndNamesTheEntry() {
    byte[] whole = new Tars().file("etc/big", "x".repeat(3000)).build();
    assertFails(java.util.Arrays.copyOf(whole, 2000), OciException.Kind.DATA_LOSS, "etc/big");
    assertFails(java.util.Arrays.copyOf(whole, 100), OciException.Kind.DATA_LOSS, "truncated");
  }

  @Test
  void hugeHeadersAreRefused() {
    assertFails(
        header('x', "pax", "", 2L << 20), OciException.Kind.INVALID, "PAX header of 2097152 bytes");
    assertFails(header('L', "long", "", 7L << 30), OciException.Kind.INVALID, "long name of");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12 uid=47111",
        "9 uid=\n",
        "0 a=b\n",
        "99999999999999999999 a=b\n",
        "6 a=bc\n",
        "x",
        "5 =b\n",
        "7 nokv\n",
        "13 uid=zz\n   "
      })
  void badPaxRecordsAreRefused(String text) {
    byte[] pax = text.getBytes(StandardCharsets.US_ASCII);
    byte[] archive =
        concat(header('x', "pax", "", pax.length), padded(pax), header('0', "f", "", 0));
    assertFails(archive, OciException.Kind.INVALID, "PAX");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "uid=4294967295",
        "uid=-1",
        "gid=99999999999",
        "size=-5",
        "size=9223372036854775807"
      })
  void numbersOutOfRangeAreRefused(String record) {
    String[] pair = record.split("=", 2);
    byte[] text = paxRecord(pair[0], pair[1]);
    byte[] archive =
        concat(header('x', "pax", "", text.length), padded(text), header('0', "f", "", 0));
    assertFails(archive, OciException.Kind.INVALID, "bad " + pair[0]);
  }

  @Test
  void sparseMapsThatLieAreRefused() {
    for (String map :
        List.of("0,100,50,10", "0,9", "4096,1", "-1,1", "1", "0,9223372036854775807")) {
      byte[] text =
          concat(
              paxRecord("GNU.sparse.major", "0"),
              paxRecord("GNU.sparse.minor", "1"),
              paxRecord("GNU.sparse.size", "4096"),
              paxRecord("GNU.sparse.map", map));
      byte[] archive =
          concat(
              header('x', "pax", "", text.length),
              padded(text),
              header('0', "f", "", 8),
              new byte[512]);
      assertFails(archive, OciException.Kind.INVALID, "sparse map");
    }
  }

  @Test
  void damagedHeadersAndUnknownTypesAreRefused() {
    byte[] damaged = header('0', "f", "", 0);
    damaged[3] = 'x';
    assertFails(damaged, OciException.Kind.INVALID, "checksum");
    assertFails(header('M', "f", "", 0), OciException.Kind.INVALID, "type 'M'");
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void damageNeverDoesWorseThanAnOciException(long seed) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] archive = randomArchive(random);
    for (int round = 0; round < 300; round++) {
      byte[] damaged = archive.clone();
      for (int i = 0; i < 3; i++) {
        int block = random.nextInt(damaged.length / 512) * 512;
        damaged[block + random.nextInt(512)] = (byte) random.nextInt(256);
        Tars.sealed(java.util.Arrays.copyOfRange(damaged, block, block + 512));
      }
      try {
        drain(damaged);
      } catch (OciException e) {
        assertThat(e.kind()).isIn(OciException.Kind.INVALID, OciException.Kind.DATA_LOSS);
      }
    }
  }

  private static void drain(byte[] archive) throws IOException {
    TarReader reader = new TarReader(Tars.inPieces(archive, 4096));
    while (reader.next() != null) {
      while (reader.data() != null) {
        // Only whether it ends matters.
      }
    }
  }

  private static byte[] paxRecord(String key, String value) {
    int length = key.length() + value.length() + 3;
    int total = length + String.valueOf(length).length();
    if (String.valueOf(total).length() != String.valueOf(length).length()) {
      total++;
    }
    return (total + " " + key + "=" + value + "\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void assertFails(byte[] archive, OciException.Kind kind, String message) {
    assertThatThrownBy(() -> drain(archive))
        .isInstanceOfSatisfying(OciException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }
}
