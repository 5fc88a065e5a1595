package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AttachmentTest {
  private static PodNetworkRequest request(String id, String ifName, Map<String, String> args) {
    return new PodNetworkRequest(
        id,
        Optional.of(Path.of("/run/ns")),
        ifName,
        "web",
        "default",
        "u-1",
        List.of(
            new PortMapping(8080, 80, "TCP", "127.0.0.1"),
            new PortMapping(0, 81, "tcp", ""),
            new PortMapping(53, 53, "udp", "")),
        Optional.of(new Bandwidth(1, 2, 3, 4)),
        List.of(
            new IpRange("10.1.0.0/16", "10.1.0.5", "", "10.1.0.1"),
            new IpRange("fd00::/64", "", "", ""),
            new IpRange("10.2.0.0/16", "", "", "")),
        Optional.of(new Dns(List.of("10.0.0.10"), List.of("svc"), List.of("ndots:5"))),
        Optional.of("/kubepods/pod1"),
        Map.of("b", "2", "a", "\"1\""),
        List.of("web", "web.example"),
        args);
  }

  @Test
  void tellsPluginsWhoThePodIs() throws Exception {
    assertThat(Attachment.of(request("s1", "eth0", Map.of("EXTRA", "a=b")), 0).argsText())
        .isEqualTo(
            "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;"
                + "K8S_POD_INFRA_CONTAINER_ID=s1;K8S_POD_UID=u-1;EXTRA=a=b");
  }

  @Test
  void givesCapabilitiesInTheirConventionalShape() throws Exception {
    assertThat(Attachment.of(request("s1", "eth0", Map.of()), 0).capabilityArgs())
        .isEqualTo(
            Json.parseObject(
                """
                {"portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp","hostIP":"127.0.0.1"},
                                 {"hostPort":53,"containerPort":53,"protocol":"udp"}],
                 "bandwidth":{"ingressRate":1,"ingressBurst":2,"egressRate":3,"egressBurst":4},
                 "ipRanges":[[{"subnet":"10.1.0.0/16","rangeStart":"10.1.0.5","gateway":"10.1.0.1"},{"subnet":"10.2.0.0/16"}],
                             [{"subnet":"fd00::/64"}]],
                 "dns":{"servers":["10.0.0.10"],"searches":["svc"],"options":["ndots:5"]},
                 "cgroupPath":"/kubepods/pod1",
                 "io.kubernetes.cri.pod-annotations":{"a":"\\"1\\"","b":"2"},
                 "aliases":["web","web.example"]}
                """));
  }

  @Test
  void keepsWhatAPluginDeclaresAndNothingElse() throws Exception {
    Network network =
        NetworkParser.parseList(
            Json.parseObject(
                """
                {"cniVersion":"1.0.0","name":"n","plugins":[
                  {"type":"a","capabilities":{"aliases":true,"mac":true}},
                  {"type":"b","capabilities":{"cgroupPath":true,"dns":false}}]}
                """),
            List.of(),
            "n.conflist");
    assertThat(
            Attachment.of(request("s1", "eth0", Map.of()), 0)
                .forNetwork(network)
                .capabilityArgs()
                .keySet())
        .containsExactlyInAnyOrder("aliases", "cgroupPath");
  }

  @ParameterizedTest
  @CsvSource({"eth0,0,eth0", "eth0,2,eth2", "net7,1,net8", "pod,1,pod1"})
  void furtherInterfacesCountUp(String first, int index, String expected) throws Exception {
    assertThat(Attachment.of(request("s1", first, Map.of()), index).ifName()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"../s,eth0,x", "s1,an-interface-too-long,x", "s1,a/b,x", "s1,eth0,a;B=c"})
  void refusesWhatCouldNotBeQuoted(String id, String ifName, String value) {
    assertThatThrownBy(() -> Attachment.of(request(id, ifName, Map.of("X", value)), 0))
        .isInstanceOfSatisfying(
            CniException.class, e -> assertThat(e.reason()).isEqualTo(CniException.Reason.INVALID));
  }
}
