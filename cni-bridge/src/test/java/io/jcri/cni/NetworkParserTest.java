package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkParserTest {
  private static Network list(String json) throws IOException {
    return NetworkParser.parseList(Json.parseObject(json), List.of(), "test");
  }

  private static Network single(String json) throws IOException {
    return NetworkParser.parseSingle(Json.parseObject(json), "test");
  }

  @Test
  void readsAList() throws Exception {
    Network network =
        list(
            """
            {"cniVersion":"1.0.0","name":"a.b-c_d","disableCheck":"True","disableGC":true,
             "plugins":[{"type":"bridge","x":{"y":1}},
                        {"type":"portmap","capabilities":{"portMappings":true,"dns":false}}]}
            """);
    assertThat(network.name()).isEqualTo("a.b-c_d");
    assertThat(network.version()).isEqualTo(CniVersion.V1_0_0);
    assertThat(network.disableCheck()).isTrue();
    assertThat(network.disableGc()).isTrue();
    assertThat(network.generated()).isFalse();
    assertThat(network.plugins()).extracting(Plugin::type).containsExactly("bridge", "portmap");
    assertThat(network.plugins().get(1).capabilities()).containsExactly("portMappings");
    assertThat(network.plugins().get(0).config().toString()).contains("\"y\":1");
  }

  @Test
  void readsASingleConfigurationAsAChainOfOne() throws Exception {
    Network network = single("{\"cniVersion\":\"0.3.1\",\"name\":\"n\",\"type\":\"bridge\"}");
    assertThat(network.plugins()).extracting(Plugin::type).containsExactly("bridge");
    assertThat(network.version()).isEqualTo(CniVersion.V0_3_1);
  }

  @Test
  void whatItWritesReadsBackTheSame() throws Exception {
    Network network =
        list(
            """
            {"cniVersion":"1.1.0","name":"n","disableCheck":true,"generatedBy":"x",
             "plugins":[{"type":"a","mtu":1500,"big":12345678901234567890}]}
            """);
    assertThat(NetworkParser.parseList(network.toJson(), List.of(), "test")).isEqualTo(network);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "{}, 0.1.0",
        "{\"cniVersion\":\"\"}, 0.1.0",
        "{\"cniVersion\":\"0.4.0\"}, 0.4.0",
        "|{\"cniVersion\":\"0.4.0\",\"cniVersions\":[\"0.3.1\",\"1.0.0\"]}|, 1.0.0",
        "|{\"cniVersions\":[\"1.1.0\",\"1.0.0\",\"9.9.9\"]}|, 1.1.0",
        "|{\"cniVersion\":\"9.9.9\",\"cniVersions\":[\"0.3.0\"]}|, 0.3.0",
      })
  void takesTheNewestVersionThatBothSpeak(String head, String version) throws Exception {
    String rest = "\"name\":\"n\",\"plugins\":[{\"type\":\"a\"}]}";
    String json = head.equals("{}") ? "{" + rest : head.replaceAll("}$", ",") + rest;
    assertThat(list(json).version()).hasToString(version);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {
        "{\"plugins\":[{\"type\":\"a\"}]}; name is missing",
        "{\"name\":5,\"plugins\":[{\"type\":\"a\"}]}; name is missing or not a string",
        "{\"name\":\"../x\",\"plugins\":[{\"type\":\"a\"}]}; name ../x must start",
        "{\"name\":\"n\"}; no plugins",
        "{\"name\":\"n\",\"plugins\":[]}; at least one entry",
        "{\"name\":\"n\",\"plugins\":{}}; must be a list",
        "{\"name\":\"n\",\"plugins\":[7]}; plugins[0] is not an object",
        "{\"name\":\"n\",\"plugins\":[{}]}; plugins[0] has no type",
        "{\"name\":\"n\",\"plugins\":[{\"type\":\"a\"},{\"type\":\"../a\"}]}; plugins[1] has the invalid type ../a",
        "{\"name\":\"n\",\"cniVersion\":\"2.0.0\",\"plugins\":[{\"type\":\"a\"}]}; CNI version 2.0.0 is not supported, the newest that is: 1.1.0",
        "{\"name\":\"n\",\"cniVersion\":1,\"plugins\":[{\"type\":\"a\"}]}; cniVersion is not a string",
        "{\"name\":\"n\",\"disableCheck\":\"maybe\",\"plugins\":[{\"type\":\"a\"}]}; disableCheck must be true or false",
      })
  void refusesWithAReason(String json, String reason) {
    assertThatThrownBy(() -> list(json))
        .isInstanceOf(NetworkParser.InvalidNetworkException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aListInASingleFileIsExplained() {
    assertThatThrownBy(() -> single("{\"name\":\"n\",\"plugins\":[{\"type\":\"a\"}]}"))
        .hasMessageContaining(".conflist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '|',
      value = {"[]", "{", "{} x", "{\"a\":}", "{'a':1}", "nul", "||"})
  void malformedJsonIsOneKindOfError(String text) {
    assertThatThrownBy(() -> Json.parseObject(text))
        .isInstanceOf(Json.MalformedJsonException.class)
        .message()
        .isNotBlank();
  }
}
