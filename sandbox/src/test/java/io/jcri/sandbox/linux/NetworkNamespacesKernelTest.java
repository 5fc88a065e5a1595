package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sockets of another network namespace, which a process holds open. */
class NetworkNamespacesKernelTest {
  private static final Path OWN = Path.of("/proc/thread-self/ns/net");

  private Process holder;

  @BeforeEach
  void makeNamespace() throws IOException {
    // It says a word once it is in there, and waits for the end of its input.
    holder = new ProcessBuilder("unshare", "-n", "sh", "-c", "echo in; cat").start();
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

  @Test
  void aCallRunsInsideAndNobodyStaysThere() throws IOException {
    String before = Files.readSymbolicLink(OWN).toString();
    String inside =
        NetworkNamespaces.call(namespace(), () -> Files.readSymbolicLink(OWN).toString());
    assertThat(inside)
        .isEqualTo(Files.readSymbolicLink(Path.of(namespace())).toString())
        .isNotEqualTo(before);
    assertThat(Files.readSymbolicLink(OWN).toString()).isEqualTo(before);
  }

  @Test
  void aSocketStaysWhereItWasMade() throws IOException {
    try (ServerSocket host = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), host.getLocalPort());
      try (SocketChannel inside = NetworkNamespaces.call(namespace(), SocketChannel::open)) {
        // The namespace's loopback device is down, and would have no listener.
        assertThatThrownBy(() -> inside.connect(address)).isInstanceOf(IOException.class);
      }
      try (SocketChannel outside = SocketChannel.open()) {
        assertThat(outside.connect(address)).isTrue();
      }
    }
  }

  @Test
  void whatIsNoNamespaceIsNamed() {
    assertThatThrownBy(() -> NetworkNamespaces.call("/no/such/file", () -> 1))
        .isInstanceOf(ErrnoException.class)
        .hasMessageContaining("/no/such/file");
    assertThatThrownBy(() -> NetworkNamespaces.call("/proc/self/status", () -> 1))
        .isInstanceOf(ErrnoException.class)
        .hasMessageContaining("enter /proc/self/status");
    assertThatThrownBy(() ->
            NetworkNamespaces.call(
                namespace(),
                () -> {
                  throw new IOException("the call's own");
                }))
        .hasMessage("the call's own");
  }
}
