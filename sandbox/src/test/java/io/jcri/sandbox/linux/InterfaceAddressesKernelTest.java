package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses of an interface in another network namespace, which a process holds open. */
class InterfaceAddressesKernelTest {
  private static final InetAddress V4 = InetAddress.ofLiteral("10.9.8.7");
  private static final InetAddress V6 = InetAddress.ofLiteral("fd00::9:8");

  private Process holder;

  @BeforeEach
  void makeNamespace() throws IOException {
    holder =
        new ProcessBuilder(
                "unshare",
                "-n",
                "sh",
                "-c",
                "ip link add eth0 type veth peer name eth1; echo in; cat")
            .start();
    assertThat(holder.inputReader().readLine()).isEqualTo("in");
  }

  @AfterEach
  void endNamespace() {
    holder.destroyForcibly();
    holder.onExit().join();
  }

  private String namespace() {
    return "/proc/%d/ns/net".formatted(holder.pid());
  }

  private String addresses() throws IOException {
    Process ip =
        new ProcessBuilder(
                "nsenter", "--net=" + namespace(), "ip", "-o", "address", "show", "dev", "eth0")
            .start();
    try (Reader out = ip.inputReader()) {
      return out.readAllAsString();
    }
  }

  @Test
  void anInterfaceHasThemAndMayBeGivenThemAgain() throws IOException {
    InterfaceAddresses.set(namespace(), "eth0", List.of(V4, V6));
    InterfaceAddresses.set(namespace(), "eth0", List.of(V4, V6));
    assertThat(addresses()).containsOnlyOnce("inet 10.9.8.7/").containsOnlyOnce("inet6 fd00::9:8/");
  }

  @Test
  void anInterfaceThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> InterfaceAddresses.set(namespace(), "eth9", List.of(V4)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("eth9");
    assertThatThrownBy(() -> InterfaceAddresses.set(namespace(), "eth9", List.of(V6)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("eth9");
    assertThatThrownBy(
            () -> InterfaceAddresses.set(namespace(), "a-name-that-is-too-long", List.of(V4)))
        .isInstanceOf(IOException.class);
  }
}
