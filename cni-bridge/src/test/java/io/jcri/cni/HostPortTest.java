package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pod may ask for, and when two ask for the same. */
final class HostPortTest {
  static HostPort port(int port, String protocol, String hostIp) throws CniException {
    return HostPort.of(List.of(new PortMapping(port, 80, protocol, hostIp))).getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', true",
    "'', 0.0.0.0, true",
    "'', ::, true",
    "0.0.0.0, ::, false",
    "'', 192.0.2.1, false",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "fd00::1, fd00:0:0::1, true",
    "::, fd00::1, false",
  })
  void aPortIsTakenWhereNeitherIsNearer(String one, String other, boolean clash) throws Exception {
    assertThat(port(80, "tcp", one).clashes(port(80, "tcp", other))).isEqualTo(clash);
    assertThat(port(80, "tcp", other).clashes(port(80, "tcp", one))).isEqualTo(clash);
    assertThat(port(80, "tcp", one).clashes(port(80, "udp", other))).isFalse();
    assertThat(port(80, "tcp", one).clashes(port(81, "tcp", other))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "70000, 80, tcp, ''",
    "80, 0, tcp, ''",
    "80, 80, icmp, ''",
    "80, 80, tcp, localhost",
    "80, 80, tcp, fe80::1%lo",
    "80, 80, tcp, '1.1.1.1 tcp dport 1 drop'",
  })
  void whatIsNoPortIsRefused(int host, int inside, String protocol, String ip) {
    assertThatThrownBy(() -> HostPort.of(List.of(new PortMapping(host, inside, protocol, ip))))
        .isInstanceOfSatisfying(
            CniException.class, e -> assertThat(e.reason()).isEqualTo(CniException.Reason.INVALID));
  }

  @Test
  void aPodHasEachPortOnce() throws Exception {
    PortMapping web = new PortMapping(8080, 80, "TCP", "");
    assertThat(HostPort.of(List.of(web, web, new PortMapping(0, 81, "tcp", "")))).hasSize(1);
    assertThatThrownBy(() -> HostPort.of(List.of(web, new PortMapping(8080, 81, "tcp", ""))))
        .hasMessage("host port 8080/tcp is asked for twice");
  }

  @Test
  void isReadAsItWasRecorded() throws Exception {
    List<HostPort> ports =
        List.of(port(80, "sctp", ""), port(53, "udp", "192.0.2.1"), port(53, "tcp", "::"));
    JsonObject json = new JsonObject();
    json.add("hostPorts", HostPort.toJson(ports));
    assertThat(HostPort.fromJson(Json.objects(Json.parseObject(Json.write(json)), "hostPorts")))
        .isEqualTo(ports);
  }
}
