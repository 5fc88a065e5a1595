package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.tar.Tars;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What images may grow, and what happens to those that an older version let in. */
class ImageLimitsKernelTest extends ImageStoreFixture {

  /** Ways to be too large. */
  @SuppressWarnings("ImmutableEnumChecker") // nobody changes the lists and maps
  enum Excess {
    MANY_VARIABLES("Env", Collections.nCopies(2_000_000, "a"), "has a config of"),
    VARIABLES("Env", Collections.nCopies(200_000, "a"), "values at $.config.Env"),
    LONG_VARIABLE("Env", List.of("A=" + "x".repeat(300_000)), "bytes in Env"),
    VOLUMES("Volumes", keys(1_001, "/v", Map.of()), "has 1001 Volumes"),
    MANY_VOLUMES("Volumes", keys(200_000, "/v", Map.of()), "values at $.config.Volumes"),
    PORTS("ExposedPorts", keys(10_001, "p", Map.of()), "has 10001 ExposedPorts"),
    LABEL("Labels", Map.of("l", "x".repeat(3 << 20)), "bytes in Labels"),
    USER("User", "u".repeat(2_000), "bytes in User");

    private final String key;
    private final Object value;
    private final String message;

    Excess(String key, Object value, String message) {
      this.key = key;
      this.value = value;
      this.message = message;
    }

    private static Map<String, Object> keys(int count, String prefix, Object value) {
      Map<String, Object> map = new HashMap<>();
      IntStream.range(0, count).forEach(i -> map.put(prefix + i, value));
      return map;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConfigBeyondTheLimitsIsRefusedAndLeavesNothing(Excess excess) throws IOException {
    registry.serve(NAME, smallImage().config(excess.key, excess.value));
    ImageStore store = open();
    assertFails(store, OciException.Kind.INVALID, excess.message);
    assertNothingIsLeft(store);
  }

  @Test
  void labelsUpToTheLimitAreReadWhenAsked() {
    String value = "\"ä\n".repeat(400_000);
    registry.serve(NAME, smallImage().config("Labels", Map.of("l", value)));
    ImageStore store = open();
    Image image = pull(store, NAME);
    assertThat(store.labels(image)).isEqualTo(Map.of("l", value));
    ImageStore next = open();
    assertThat(next.list()).containsExactly(image);
    assertThat(next.labels(image)).isEqualTo(Map.of("l", value));
    assertThat(store.config(image).env()).isEmpty();
  }

  @Test
  void whatAnOlderVersionLetInIsNotListedKeepsItsLayersAndCanBeRemoved() throws IOException {
    registry.serve(NAME, smallImage());
    registry.serve(
        "registry.test/other:1", new TestImage().layer(new Tars().file("o", "").build()));
    ImageStore store = open();
    Image image = pull(store, NAME);
    Image other = pull(store, "registry.test/other:1");
    String label = "x".repeat(8 << 20);
    asOldRecord(image, "{\"config\":{\"Labels\":{\"l\":\"" + label + "\"}}}");

    for (String name : List.of(NAME, image.repoDigests().getFirst(), image.id())) {
      ImageStore next = open();
      assertThat(next.list()).extracting(Image::id).containsExactly(other.id());
      assertThat(next.find(NAME)).isEmpty();
      // A removal of another image collects layers.
      next.remove("registry.test/other:1");
      assertThat(temp.resolve("s/layers/" + image.diffIds().getFirst().hex())).exists();
      assertThat(next.remove(name)).containsExactly(NAME, image.repoDigests().getFirst());
      assertNothingIsLeft(next);
      Image _ = pull(next, NAME);
      Image _ = pull(next, "registry.test/other:1");
      asOldRecord(image, "{\"config\":{\"Env\":[" + "\"\",".repeat(300_000) + "\"\"]}}");
    }
  }

  @Test
  void aRecordOfAnOlderVersionIsListed() throws IOException {
    registry.serve(NAME, smallImage());
    Image image = pull(open(), NAME);
    asOldRecord(image, "{\"os\":\"linux\",\"config\":{\"User\":\"7\"}}");
    ImageStore store = open();
    assertThat(store.find(NAME).orElseThrow().user()).isEqualTo("7");
    assertThat(store.pin(NAME, true).user()).isEqualTo("7");
    assertThat(open().find(NAME).orElseThrow().user()).isEqualTo("7");
  }

  /** Without what lists need in front of the config. */
  private void asOldRecord(Image image, String config) throws IOException {
    Map<String, Object> record = new HashMap<>();
    record.put("version", 1);
    record.put("id", image.id());
    record.put("tags", image.repoTags());
    record.put("digests", image.repoDigests());
    record.put("diffIds", image.diffIds().stream().map(Digest::toString).toList());
    record.put("size", image.size());
    record.put("pinned", false);
    record.put("created", image.created().toString());
    record.put("config", config);
    byte[] line = Json.toBytes(record);
    Path file = temp.resolve("s/images/" + image.id().substring(7) + ".json");
    Files.writeString(
        file, new String(line, StandardCharsets.UTF_8) + "\n" + Digest.of(line).hex() + "\n");
  }

  @Test
  void anArchivesImageIsTakenUpOnceWithAllItsNames() throws IOException {
    String config =
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"rootfs\":{\"diff_ids\":[]}}"
            .formatted(Platform.host().architecture());
    ImageStore store = open();
    List<Image> images = store.importArchive(archive(config, 5_000));
    assertThat(images).hasSize(1);
    assertThat(images.getFirst().repoTags()).hasSize(5_000);
    assertThatThrownBy(() -> store.importArchive(archive(config, 10_001)))
        .hasMessageContaining("names, the limit is 10000");
    assertThatThrownBy(() -> store.importArchive(archive(config, 20_000)))
        .hasMessageContaining("more than 65536 values at $[");
    assertThat(store.list()).isEqualTo(images);
  }

  private static ByteArrayInputStream archive(String config, int tags) {
    List<Object> entries = new java.util.ArrayList<>();
    for (int i = 0; i < tags; i++) {
      entries.add(Map.of("Config", "c", "RepoTags", List.of("x.test/a:" + i)));
    }
    String manifest = new String(Json.toBytes(entries), StandardCharsets.UTF_8);
    return new ByteArrayInputStream(
        new Tars().file("c", config).file("manifest.json", manifest).build());
  }

  @Test
  void anIndexOfTooManyValuesIsRefused() {
    byte[] annotated =
        ("{\"schemaVersion\":2,\"fsLayers\":[" + "[],".repeat(1_000_000) + "[]]}")
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> io.jcri.oci.manifest.Manifest.parse(annotated, "", Digest.of(annotated)))
        .hasMessageContaining("more than 65536 values at $.fsLayers[");
  }

  @Test
  void roomIsGivenBackAndSmallDocumentsNeedNone() {
    DocumentRoom room = new DocumentRoom(1 << 20);
    try (DocumentRoom.Taken _ = room.take(2 << 20, "a large one");
        DocumentRoom.Taken _ = room.take(ImageLimits.SMALL_DOCUMENT, "a small one")) {
      assertThat(room.free()).isZero();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> room.take(1 << 20, "x"))
          .isInstanceOfSatisfying(
              OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.CANCELLED));
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(room.free()).isEqualTo(1 << 20);
  }
}
