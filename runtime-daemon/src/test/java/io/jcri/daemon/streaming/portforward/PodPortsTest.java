package io.jcri.daemon.streaming.portforward;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodPortsTest {
  @Test
  void aPodIsCalledByItsFirstAddressOfVersionFour() {
    assertThat(PodPorts.inOrder(List.of("fd00::5", "10.1.0.5", "fd00::6", "10.1.0.4")))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("10.1.0.5", "10.1.0.4", "fd00:0:0:0:0:0:0:5", "fd00:0:0:0:0:0:0:6");
    assertThat(PodPorts.inOrder(List.of())).isEmpty();
  }
}
