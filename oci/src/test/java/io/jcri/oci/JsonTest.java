package io.jcri.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  enum Colour {
    RED
  }

  record Inner(String name, int count) {}

  record Sample(
      String text,
      @Nullable String maybe,
      Optional<Inner> inner,
      List<Inner> inners,
      Map<String, String> labels,
      Set<String> set,
      Optional<Instant> at,
      Optional<Path> path,
      Optional<Duration> pause,
      Optional<Digest> digest,
      Optional<Colour> colour,
      boolean flag,
      @Json.Name("odd.key") long odd) {}

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void absentAndNullKeysBecomeEmpties() {
    Sample sample =
        Json.parse(bytes("{\"text\":\"x\",\"inners\":null,\"other\":[1]}"), Sample.class);

    assertThat(sample)
        .isEqualTo(
            new Sample(
                "x",
                null,
                Optional.empty(),
                List.of(),
                Map.of(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                0));
    assertThat(new String(Json.toBytes(sample), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"text\":\"x\",\"inners\":[],\"labels\":{},\"set\":[],\"flag\":false,\"odd.key\":0}");
  }

  @Test
  void aRecordSurvivesTheRoundTrip() {
    Sample sample =
        new Sample(
            "<a&b>",
            "m",
            Optional.of(new Inner("i", 1)),
            List.of(new Inner("j", 2)),
            Map.of("k", "v"),
            Set.of("s"),
            Optional.of(Instant.parse("2026-11-21T04:31:22.123456789Z")),
            Optional.of(Path.of("/x/y")),
            Optional.of(Duration.ofSeconds(3)),
            Optional.of(Digest.of(new byte[0])),
            Optional.of(Colour.RED),
            true,
            Long.MAX_VALUE);

    assertThat(Json.parse(Json.toPrettyBytes(sample), Sample.class)).isEqualTo(sample);
    assertThat(new String(Json.toBytes(sample), StandardCharsets.UTF_8)).contains("<a&b>");
  }

  @Test
  void treesKeepNumbersAndOrder() {
    Map<String, @Nullable Object> tree =
        Json.parseTree(bytes("{\"z\":18446744073709551615,\"a\":[1,2.5,true,null],\"n\":null}"));

    assertThat(tree.keySet()).containsExactly("z", "a", "n");
    assertThat(tree.get("z")).isEqualTo(new BigInteger("18446744073709551615"));
    assertThat((List<?>) tree.get("a")).hasToString("[1, 2.5, true, null]");
    assertThat(((List<?>) java.util.Objects.requireNonNull(tree.get("a"))).get(1))
        .isEqualTo(new BigDecimal("2.5"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{\"text\":\"x\"} {}",
        "{\"text\":\"x\"}x",
        "{text:\"x\"}",
        "{\"text\":\"x\",}",
        "{}",
        "{\"text\":null}",
        "{\"text\":\"x\",\"text\":\"y\"}",
        "{\"text\":{}}",
        "{\"text\":\"x\",\"odd.key\":1e99}",
        "{\"text\":\"x\",\"digest\":\"md5:00\"}",
        "{\"text\":\"x\",\"at\":\"yesterday\"}",
        "{\"text\":\"x\",\"inners\":{}}",
        "{\"text\":\"x\",\"inners\":[{\"count\":1}]}",
        "{\"text\":\"\u0001\"}",
      })
  void whatIsNotThatShapeIsInvalid(String json) {
    assertThatThrownBy(() -> Json.parse(bytes(json), Sample.class))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID))
        .hasMessageStartingWith("bad JSON for Sample: ");
  }

  @Test
  void sizeDepthAndEncodingAreBounded() {
    assertThatThrownBy(() -> Json.parse(bytes("{\"text\":\"x\"}"), Sample.class, 5))
        .hasMessage("bad JSON for Sample: 12 bytes, the limit is 5");
    assertThatThrownBy(() -> Json.parseTree(bytes("{\"a\":" + "[".repeat(100_000))))
        .isInstanceOf(OciException.class);
    assertThatThrownBy(() -> Json.parseTree(bytes("{\"a\":" + "9".repeat(100_000) + "}")))
        .isInstanceOf(OciException.class);
    assertThatThrownBy(() -> Json.parseTree(new byte[] {'{', '"', (byte) 0xc0, '"', ':', '1', '}'}))
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void aMissingKeyIsNamedWithItsPlace() {
    assertThatThrownBy(
            () -> Json.parse(bytes("{\"text\":\"x\",\"inners\":[{\"count\":1}]}"), Sample.class))
        .hasMessage("bad JSON for Sample: \"name\" is missing at $.inners[0]");
  }
}
