package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigTest {

  private static final String D =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String ROOT_FS = "\"rootfs\":{\"diff_ids\":[\"" + D + "\"]}";

  /** One byte a character, so that a test can write what is no UTF-8. */
  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void ofAKeyThatComesTwiceTheLastCounts() {
    byte[] config =
        bytes(
            "{\"os\":\"x\",\"os\":\"linux\",\"config\":{\"User\":\"a\",\"User\":\"b\","
                + "\"Env\":[\"A=1\"],\"Env\":[\"A=2\"],\"Volumes\":{\"/v\":{},\"/v\":{}},"
                + "\"Labels\":{\"l\":\"1\",\"l\":\"2\"}},"
                + ROOT_FS
                + "}");
    ImageConfig read = ImageConfig.parse(config, "x").config();
    assertThat(read.platform().os()).isEqualTo("linux");
    assertThat(read.user()).isEqualTo("b");
    assertThat(read.env()).containsExactly("A=2");
    assertThat(read.volumes()).containsExactly("/v");
    assertThat(ImageConfig.labels(config, "x")).containsOnlyKeys("l").containsValue("2");
  }

  @Test
  void bytesThatAreNoTextAreReplaced() {
    byte[] config =
        bytes(
            "{\"author\":\"\u00fc\",\"config\":{\"Env\":[\"A=\u00fc\"],\"Labels\":{\"l\":\"\u00ff\"}},"
                + ROOT_FS
                + "}");
    assertThat(ImageConfig.parse(config, "x").config().env()).containsExactly("A=\ufffd");
    assertThat(ImageConfig.labels(config, "x")).containsEntry("l", "\ufffd");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{" + ROOT_FS + "," + ROOT_FS + "}",
        "{\"rootfs\":{\"diff_ids\":[],\"diff_ids\":[\"" + D + "\"]}}",
        "{\"rootfs\":{\"diff_ids\":[\"sha256:\u00fc3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]}}",
      })
  void whatNamesLayersIsReadStrictly(String config) {
    assertThatThrownBy(() -> ImageConfig.parse(bytes(config), "x"))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID));
  }
}
