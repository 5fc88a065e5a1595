package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ResultConverterTest {
  private static final String V020 =
      """
      {"cniVersion":"0.2.0",
       "ip4":{"ip":"10.1.0.5/16","gateway":"10.1.0.1","routes":[{"dst":"0.0.0.0/0"},{"dst":"10.9.0.0/16","gw":"10.1.0.9"}]},
       "ip6":{"ip":"fd00::5/64","routes":[{"dst":"::/0"}]},
       "dns":{"nameservers":["10.1.0.1"]}}
      """;
  private static final String V040 =
      """
      {"cniVersion":"0.4.0",
       "interfaces":[{"name":"eth0","mac":"aa:bb","sandbox":"/run/x"}],
       "ips":[{"version":"4","address":"10.1.0.5/16","gateway":"10.1.0.1","interface":0},
              {"version":"6","address":"fd00::5/64","interface":0}],
       "routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1"},{"dst":"::/0"}],
       "dns":{"nameservers":["10.1.0.1"]},"custom":{"kept":true}}
      """;
  private static final String V110 =
      """
      {"cniVersion":"1.1.0",
       "interfaces":[{"name":"eth0","mac":"aa:bb","sandbox":"/run/x","mtu":9000,"socketPath":"/s","pciID":"1"}],
       "ips":[{"address":"10.1.0.5/16","gateway":"10.1.0.1","interface":0}],
       "routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1","mtu":1400,"advmss":1,"priority":2,"table":3,"scope":4}],
       "dns":{}}
      """;

  static Stream<Arguments> conversions() {
    return Stream.of(
        Arguments.of(
            V020,
            "1.0.0",
            """
            {"cniVersion":"1.0.0",
             "ips":[{"address":"10.1.0.5/16","gateway":"10.1.0.1"},{"address":"fd00::5/64"}],
             "routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1"},{"dst":"10.9.0.0/16","gw":"10.1.0.9"},{"dst":"::/0"}],
             "dns":{"nameservers":["10.1.0.1"]}}
            """),
        Arguments.of(
            V020,
            "0.3.1",
            """
            {"cniVersion":"0.3.1",
             "ips":[{"address":"10.1.0.5/16","gateway":"10.1.0.1","version":"4"},{"address":"fd00::5/64","version":"6"}],
             "routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1"},{"dst":"10.9.0.0/16","gw":"10.1.0.9"},{"dst":"::/0"}],
             "dns":{"nameservers":["10.1.0.1"]}}
            """),
        Arguments.of(V020, "0.1.0", V020.replace("\"0.2.0\"", "\"0.1.0\"")),
        Arguments.of(V040, "0.3.1", V040.replace("\"0.4.0\"", "\"0.3.1\"")),
        Arguments.of(
            V040,
            "1.1.0",
            V040.replace("\"0.4.0\"", "\"1.1.0\"")
                .replace("\"version\":\"4\",", "")
                .replace("\"version\":\"6\",", "")),
        Arguments.of(
            V040,
            "0.2.0",
            """
            {"cniVersion":"0.2.0",
             "ip4":{"ip":"10.1.0.5/16","gateway":"10.1.0.1","routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1"}]},
             "ip6":{"ip":"fd00::5/64","routes":[{"dst":"::/0"}]},
             "dns":{"nameservers":["10.1.0.1"]},"custom":{"kept":true}}
            """),
        Arguments.of(
            V110,
            "1.0.0",
            """
            {"cniVersion":"1.0.0",
             "interfaces":[{"name":"eth0","mac":"aa:bb","sandbox":"/run/x"}],
             "ips":[{"address":"10.1.0.5/16","gateway":"10.1.0.1","interface":0}],
             "routes":[{"dst":"0.0.0.0/0","gw":"10.1.0.1"}],"dns":{}}
            """),
        Arguments.of(V110, "1.1.0", V110));
  }

  @ParameterizedTest
  @MethodSource("conversions")
  void converts(String from, String target, String expected) throws Exception {
    CniVersion version = CniVersion.parse(target).orElseThrow();
    assertThat(ResultConverter.convert(Json.parseObject(from), CniVersion.V0_1_0, version))
        .isEqualTo(Json.parseObject(expected));
  }

  @Test
  void aResultWithoutVersionIsInThatOfTheConfiguration() throws Exception {
    var result = Json.parseObject("{\"ips\":[{\"version\":\"4\",\"address\":\"10.0.0.2/8\"}]}");
    assertThat(
            Json.write(
                ResultConverter.convert(result, CniVersion.V0_4_0, CniVersion.V1_0_0).get("ips")))
        .isEqualTo("[{\"address\":\"10.0.0.2/8\"}]");
  }

  @Test
  void findsThePodsAddressesInOrder() throws Exception {
    var result =
        Json.parseObject(
            """
            {"interfaces":[{"name":"br0"},{"name":"veth1"},{"name":"eth0","sandbox":"/x"},{"name":"net1","sandbox":"/x"}],
             "ips":[{"address":"10.0.0.1/8","interface":0},{"address":"fd00::2/64","interface":2},
                    {"address":"10.0.0.2/8","interface":2},{"address":"10.0.0.3/8"},{"address":"10.0.0.4/8","interface":3}]}
            """);
    assertThat(PodAddresses.of(result, CniVersion.V1_0_0, "eth0"))
        .containsExactly("fd00::2", "10.0.0.2", "10.0.0.3");
    assertThat(PodAddresses.of(Json.parseObject(V020), CniVersion.V0_2_0, "eth0"))
        .containsExactly("10.1.0.5", "fd00::5");
  }
}
