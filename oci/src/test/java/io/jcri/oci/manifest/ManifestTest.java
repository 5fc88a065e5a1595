package io.jcri.oci.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {

  private static final String D =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String CONFIG =
      "{\"mediaType\":\"" + MediaTypes.OCI_CONFIG + "\",\"size\":1,\"digest\":\"" + D + "\"}";

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static Manifest manifest(String json, String type) {
    return Manifest.parse(bytes(json), type, Digest.parse(D));
  }

  private static Descriptor entry(Platform platform) {
    return new Descriptor(
        MediaTypes.OCI_MANIFEST,
        Digest.of(bytes(platform.toString())),
        1,
        Optional.of(platform),
        Map.of(),
        List.of());
  }

  @Test
  void bothFormatsAreRead() {
    String body = "{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"layers\":[" + CONFIG + "]}";
    assertThat(manifest(body, MediaTypes.OCI_MANIFEST).layers()).hasSize(1);
    assertThat(manifest(body, MediaTypes.DOCKER_MANIFEST).mediaType())
        .isEqualTo(MediaTypes.DOCKER_MANIFEST);
    assertThat(manifest(body, "application/json").mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
    assertThat(
            ImageIndex.parse(
                    bytes(
                        "{\"schemaVersion\":2,\"manifests\":null,\"manifests_\":1,\"layers_\":[]}"
                            .replace("null", "[]")),
                    MediaTypes.DOCKER_INDEX,
                    Digest.parse(D))
                .manifests())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"schemaVersion\":2}",
        "{\"schemaVersion\":2,\"layers\":[]}",
        "{\"schemaVersion\":2,\"manifests\":[]}",
        "{\"schemaVersion\":2,\"config\":" + CONFIG + ",\"manifests\":[]}",
        "{\"schemaVersion\":2,\"mediaType\":\""
            + MediaTypes.OCI_INDEX
            + "\",\"config\":"
            + CONFIG
            + "}",
        "{\"schemaVersion\":2,\"mediaType\":\"x/y\",\"config\":" + CONFIG + "}",
        "{\"schemaVersion\":1,\"fsLayers\":[]}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"size\":-1,\"digest\":\""
            + D
            + "\"}}",
        "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"size\":1,\"digest\":\"sha256:../x\"}}",
        "[]",
      })
  void whatIsNoManifestIsRefusedByName(String json) {
    assertThatThrownBy(() -> manifest(json, MediaTypes.OCI_MANIFEST))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessageContaining(D);
  }

  @Test
  void schema1IsToldFromRubbish() {
    assertThatThrownBy(
            () -> manifest("{", "application/vnd.docker.distribution.manifest.v1+prettyjws"))
        .hasMessageContaining("Docker schema 1");
  }

  @ParameterizedTest
  @CsvSource({
    "v3, v3", "v2, v2", "v1, ''", "v4, v3",
  })
  void theBestVariantThatTheCpuRunsIsTaken(String mine, String chosen) {
    ImageIndex index =
        new ImageIndex(
            MediaTypes.OCI_INDEX,
            List.of(
                entry(new Platform("linux", "arm64", "v8")),
                entry(new Platform("linux", "amd64")),
                entry(new Platform("linux", "amd64", "v2")),
                entry(new Platform("linux", "amd64", "v3")),
                entry(new Platform("linux", "amd64", "strange")),
                entry(new Platform("windows", "amd64"))),
            Map.of());

    Descriptor found = index.select(new Platform("linux", "amd64", mine), "x").getFirst();

    assertThat(found.platform().orElseThrow().variant().orElse("")).isEqualTo(chosen);
  }

  @Test
  void theMessageNamesThePlatformsThatThereAre() {
    ImageIndex index =
        new ImageIndex(
            MediaTypes.OCI_INDEX,
            List.of(
                entry(new Platform("linux", "arm", "v7")),
                entry(new Platform("linux", "s390x")),
                entry(new Platform("unknown", "unknown"))),
            Map.of());

    assertThatThrownBy(() -> index.select(new Platform("linux", "amd64", "v3"), "quay.io/x:1"))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.NOT_FOUND))
        .hasMessage(
            "quay.io/x:1 has no manifest for linux/amd64/v3, only for linux/arm/v7, linux/s390x");
  }

  @Test
  void anEntryWithoutPlatformIsTheLastResort() {
    Descriptor bare = new Descriptor(MediaTypes.OCI_MANIFEST, Digest.of(bytes("bare")), 1);
    Descriptor right = entry(new Platform("linux", "x86_64"));
    Platform wanted = new Platform("linux", "amd64");

    assertThat(new ImageIndex("", List.of(bare, right), Map.of()).select(wanted, "x"))
        .containsExactly(right);
    assertThat(new ImageIndex("", List.of(bare), Map.of()).select(wanted, "x"))
        .containsExactly(bare);
  }

  private static String entryJson(String rest) {
    return "{\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\",\"size\":1" + rest + "}";
  }

  /** Each as some builder or registry has written it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"digest\":\"D\",\"platform\":{}",
        ",\"digest\":\"D\",\"platform\":{\"os\":\"linux\"}",
        ",\"digest\":\"D\",\"platform\":{\"architecture\":\"amd64\",\"os\":\"\"}",
        ",\"digest\":\"D\",\"platform\":{\"architecture\":\"unknown\",\"os\":\"unknown\"}",
        ",\"digest\":\"D\",\"annotations\":{\"vnd.docker.reference.digest\":\"D\"}",
        ",\"digest\":\"blake3:00\"",
        "",
      })
  void anOddSiblingIsSkipped(String odd) {
    String good =
        entryJson(
            ",\"digest\":\"" + D + "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}");
    String index =
        "{\"schemaVersion\":2,\"manifests\":["
            + entryJson(odd.replace("\"D\"", "\"" + D + "\""))
            + ",{\"size\":1,\"digest\":\""
            + D
            + "\"},null,"
            + good
            + "]}";

    ImageIndex read = ImageIndex.parse(bytes(index), MediaTypes.OCI_INDEX, Digest.parse(D));

    assertThat(read.select(new Platform("linux", "amd64"), "x"))
        .singleElement()
        .satisfies(d -> assertThat(d.platform()).contains(new Platform("linux", "amd64")));
    ImageIndex alone =
        ImageIndex.parse(
            bytes(index.replace("," + good, "")), MediaTypes.OCI_INDEX, Digest.parse(D));
    assertThatThrownBy(() -> alone.select(new Platform("linux", "amd64"), "x"))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.NOT_FOUND));
  }

  @ParameterizedTest
  @CsvSource({
    "arm, v7, arm, v6, true",
    "arm, v6, arm, v7, false",
    "arm, v7, arm, '', true",
    "arm64, v8, arm64, '', true",
    "arm64, v8, aarch64, v8.2, true",
    "arm64, v8, arm64, v9, false",
    "arm64, v8, arm, v7, false",
    "amd64, v3, 386, '', false",
  })
  void variantsOfTheSameArchitectureAreOrdered(
      String arch, String variant, String imageArch, String imageVariant, boolean runs) {
    Platform image = new Platform("linux", imageArch, imageVariant);
    assertThat(new Platform("linux", arch, variant).runs(image)).isEqualTo(runs);
  }

  @Test
  void theHostsLevelComesFromItsFlags() {
    String v2 = "flags\t: fpu cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3\n";
    String v3 = v2.strip() + " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave\n";
    assertThat(HostPlatform.of("amd64", "")).hasToString("linux/amd64/v1");
    assertThat(HostPlatform.of("amd64", v2)).hasToString("linux/amd64/v2");
    assertThat(HostPlatform.of("amd64", v3)).hasToString("linux/amd64/v3");
    assertThat(HostPlatform.of("aarch64", v3)).hasToString("linux/arm64/v8");
  }
}
