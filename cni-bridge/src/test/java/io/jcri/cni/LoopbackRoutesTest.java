package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On which interface 127.0.0.1 may come in. */
final class LoopbackRoutesTest {
  @TempDir Path proc;

  private String open(String address) throws Exception {
    Files.createDirectories(proc.resolve("net"));
    Files.writeString(
        proc.resolve("net/route"),
        """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
        jcri0\t0000580A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
        cali1\t0502580A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
        flannel.1\t0001590A\t0001590A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0
        """);
    for (String link : new String[] {"eth0", "jcri0", "cali1", "flannel.1"}) {
      Path conf = Files.createDirectories(proc.resolve("sys/net/ipv4/conf/" + link));
      Files.writeString(conf.resolve("route_localnet"), "0\n");
    }
    return new LoopbackRoutes(proc).open(InetAddress.ofLiteral(address));
  }

  private String of(String link) throws Exception {
    return Files.readString(proc.resolve("sys/net/ipv4/conf/%s/route_localnet".formatted(link)))
        .strip();
  }

  @Test
  void itIsTheOneOnWhichThePodIsANeighbour() throws Exception {
    assertThat(open("10.88.1.7")).isEmpty();
    assertThat(of("jcri0")).isEqualTo("1");
    assertThat(of("eth0")).isEqualTo("0");
  }

  @Test
  void theNearestRouteCounts() throws Exception {
    assertThat(open("10.88.2.5")).isEmpty();
    assertThat(of("cali1")).isEqualTo("1");
    assertThat(of("jcri0")).isEqualTo("0");
  }

  @Test
  void itIsNoneThatLeadsToAGateway() throws Exception {
    assertThat(open("10.89.1.7")).isEqualTo("no interface of this node leads to 10.89.1.7");
    assertThat(open("203.0.113.9")).isNotEmpty();
    assertThat(of("flannel.1") + of("eth0")).isEqualTo("00");
  }
}
