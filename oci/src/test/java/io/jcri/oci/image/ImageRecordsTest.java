package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.manifest.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an image's record says of its config. */
class ImageRecordsTest {
  private static final byte[] LATIN_1 =
      "{\"author\":\"Jos\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

  @TempDir private Path temp;

  private static Image image(byte[] config) {
    return new Image(
        Digest.of(config).toString(),
        List.of("a.test/x:1"),
        List.of(),
        1,
        "",
        new Platform("linux", "amd64"),
        List.of(),
        Optional.empty(),
        false,
        Instant.EPOCH,
        List.of());
  }

  @Test
  void aConfigComesBackByteForByte() throws IOException {
    ImageRecords records = new ImageRecords(temp);
    byte[] text = "{\"author\":\"Jos\u00e9 \\ud83d\"}".getBytes(StandardCharsets.UTF_8);
    for (byte[] config : List.of(text, LATIN_1)) {
      Image image = image(config);
      records.write(image, config, List.of());
      assertThat(records.config(image.id())).isEqualTo(config);
    }
    assertThat(Files.readString(file(text))).as("only where it must").doesNotContain("exactConfig");
    assertThat(Files.readString(file(LATIN_1))).contains("exactConfig");
  }

  @Test
  void aRecordOfBeforeIsRead() throws IOException {
    ImageRecords records = new ImageRecords(temp);
    records.write(image(LATIN_1), LATIN_1, List.of());
    String line = Files.readAllLines(file(LATIN_1)).getFirst();
    String old = line.replaceFirst(",\"exactConfig\":\"[^\"]*\"", "");
    assertThat(old).isNotEqualTo(line);
    byte[] hash = Digest.newSha256().digest(old.getBytes(StandardCharsets.UTF_8));
    Files.writeString(file(LATIN_1), old + "\n" + HexFormat.of().formatHex(hash) + "\n");
    assertThat(new String(records.config(image(LATIN_1).id()), StandardCharsets.UTF_8))
        .isEqualTo("{\"author\":\"Jos\ufffd\"}");
  }

  @Test
  void keysOfALaterVersionAreWrittenAgain() throws IOException {
    ImageRecords records = new ImageRecords(temp);
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    records.write(image(config), config, List.of());
    String line = Files.readAllLines(file(config)).getFirst();
    String later =
        line.replace("\"os\":", "\"variant9\":[1],\"os\":").replaceFirst("}$", ",\"later\":{}}");
    byte[] hash = Digest.newSha256().digest(later.getBytes(StandardCharsets.UTF_8));
    Files.writeString(file(config), later + "\n" + HexFormat.of().formatHex(hash) + "\n");
    records.rewrite(image(config).withPinned(true));
    assertThat(Files.readString(file(config)))
        .contains("\"pinned\":true")
        .contains("\"later\":{}")
        .contains("\"variant9\":[1]");
    assertThat(records.config(image(config).id())).isEqualTo(config);
  }

  /** As the first version of the record was read: by its lines, its hash and a mapping. */
  record First(
      int version,
      String id,
      List<String> tags,
      List<String> digests,
      List<Digest> diffIds,
      long size,
      boolean pinned,
      Instant created,
      Optional<String> user,
      Optional<Platform> platform,
      String config) {
    static First read(Path file) throws IOException {
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSize(2);
      byte[] line = lines.getFirst().getBytes(StandardCharsets.UTF_8);
      assertThat(lines.getLast()).isEqualTo(Digest.of(line).hex());
      return Json.parse(line, First.class);
    }
  }

  @Test
  void aRecordOfTheFirstVersionIsReadForEverAndWrittenSo() throws IOException {
    Path fixture = Path.of("src/test/resources/records/1/image.json");
    First first = First.read(fixture);
    ImageRecords records = new ImageRecords(temp);
    Path copy = temp.resolve("images/" + first.id.substring("sha256:".length()) + ".json");
    Files.copy(fixture, copy);
    Image image = StoredImage.image(copy);
    assertThat(image.repoTags()).isEqualTo(first.tags);
    assertThat(image.diffIds()).isEqualTo(first.diffIds);
    records.rewrite(image);
    assertThat(First.read(copy)).isEqualTo(first);
    assertThat(Files.readString(copy)).isEqualTo(Files.readString(fixture));
  }

  private Path file(byte[] config) {
    return temp.resolve("images").resolve(Digest.of(config).hex() + ".json");
  }
}
