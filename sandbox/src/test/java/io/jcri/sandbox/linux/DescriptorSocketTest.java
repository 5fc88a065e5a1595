package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** Against another implementation of descriptor passing. */
final class DescriptorSocketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path root;
  private Path path;
  private AFUNIXServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    path = root.resolve("s");
    server = AFUNIXServerSocket.bindOn(AFUNIXSocketAddress.of(path));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void descriptorsComeWithTheBytesInTheirOrder() throws IOException {
    Path first = Files.writeString(root.resolve("first"), "one");
    Path second = Files.writeString(root.resolve("second"), "two");
    try (DescriptorSocket socket = DescriptorSocket.connect(path);
        AFUNIXSocket peer = server.accept();
        FileInputStream one = new FileInputStream(first.toFile());
        FileInputStream two = new FileInputStream(second.toFile())) {
      socket.write(bytes("hello"));
      assertThat(peer.getInputStream().readNBytes(5)).isEqualTo(bytes("hello"));
      peer.getOutputStream().write(bytes("ab"));
      peer.setOutboundFileDescriptors(one.getFD(), two.getFD());
      peer.getOutputStream().write(bytes("cdef"));

      assertThat(socket.read(4, PATIENCE)).isEqualTo(bytes("abcd"));
      assertThat(socket.read(2, PATIENCE)).isEqualTo(bytes("ef"));
      assertThat(contentOfNext(socket)).isEqualTo("one");
      assertThat(contentOfNext(socket)).isEqualTo("two");
      assertThat(socket.nextDescriptor()).isEmpty();
    }
  }

  private static String contentOfNext(DescriptorSocket socket) throws IOException {
    try (Fd file = socket.nextDescriptor().orElseThrow()) {
      return Files.readString(Path.of(file.procPath()));
    }
  }

  @Test
  void whatNobodyTookIsClosedAlsoWhenThereWereTooMany() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "x");
    List<Path> before = openFiles(file);
    try (FileInputStream in = new FileInputStream(file.toFile());
        DescriptorSocket few = DescriptorSocket.connect(path);
        AFUNIXSocket toFew = server.accept();
        DescriptorSocket many = DescriptorSocket.connect(path);
        AFUNIXSocket toMany = server.accept()) {
      toFew.setOutboundFileDescriptors(in.getFD());
      toFew.getOutputStream().write('x');
      assertThat(few.read(1, PATIENCE)).hasSize(1);
      toMany.setOutboundFileDescriptors(
          Collections.nCopies(100, in.getFD()).toArray(FileDescriptor[]::new));
      toMany.getOutputStream().write('x');
      assertThatThrownBy(() -> many.read(1, PATIENCE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path + " passes too many descriptors");
      assertThat(openFiles(file)).hasSizeGreaterThan(before.size() + 1);
    }
    assertThat(openFiles(file)).isEqualTo(before);
  }

  private static List<Path> openFiles(Path file) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(fd -> isOf(fd, file)).toList();
    }
  }

  private static boolean isOf(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  @Test
  void anEndAndSilenceAreToldApart() throws IOException {
    try (DescriptorSocket socket = DescriptorSocket.connect(path)) {
      try (AFUNIXSocket peer = server.accept()) {
        peer.getOutputStream().write('x');
        assertThatThrownBy(() -> socket.read(2, Duration.ofMillis(1)))
            .isInstanceOf(SocketTimeoutException.class)
            .hasMessage("nothing came from " + path + " for 1 ms");
      }
      assertThatThrownBy(() -> socket.read(1, PATIENCE)).isInstanceOf(EOFException.class);
      assertThatThrownBy(() -> socket.write(bytes("x"))).isInstanceOf(ErrnoException.class);
    }
  }

  @Test
  void pathsThatAreLongerThanAnAddressAreReached() throws IOException {
    Path deep = Files.createDirectories(root.resolve("d".repeat(90)).resolve("e".repeat(90)));
    try (SocketPath name = SocketPath.of(deep.resolve("s"));
        AFUNIXServerSocket there = AFUNIXServerSocket.bindOn(AFUNIXSocketAddress.of(name.path()));
        DescriptorSocket socket = DescriptorSocket.connect(deep.resolve("s"));
        AFUNIXSocket peer = there.accept()) {
      peer.getOutputStream().write('x');
      assertThat(socket.read(1, PATIENCE)).isEqualTo(bytes("x"));
    }
  }

  @Test
  void whereNobodyListensIsNamed() throws IOException {
    server.close();
    assertThatThrownBy(() -> DescriptorSocket.connect(root.resolve("none")))
        .isInstanceOf(ErrnoException.class)
        .hasMessageContaining(root.resolve("none").toString());
  }
}
