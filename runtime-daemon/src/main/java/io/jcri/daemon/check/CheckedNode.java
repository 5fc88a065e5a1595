package io.jcri.daemon.check;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.SocketPath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A node, and the configuration that a daemon would have on it.
 *
 * @param root of the tree that has /proc, /sys, /etc, /run and /var, {@code /} but in tests; paths
 *     of the configuration are the machine's
 * @param kubelet a file of the kubelet's configuration that somebody has named
 */
public record CheckedNode(
    Path root, DaemonConfig config, NodeFacts facts, Handlers handlers, Optional<Path> kubelet) {
  private static final int SYSCTL_BYTES = 256;

  /** A place below the root, such as {@code proc/swaps}. */
  Path at(String path) {
    return root.resolve(path);
  }

  /** A file's content; empty when there is none. */
  Optional<String> text(String path) throws IOException {
    return Files.exists(at(path)) ? Optional.of(Files.readString(at(path))) : Optional.empty();
  }

  /**
   * A setting of the kernel, such as {@code kernel.pid_max}; empty when there is none. Its file
   * gives a number to the first read alone, however short that is.
   */
  Optional<String> sysctl(String name) throws IOException {
    Path file = at("proc/sys").resolve(name.replace('.', '/'));
    return Files.exists(file)
        ? Optional.of(
            new String(
                    Linux.get().readOnce(file.toString(), SYSCTL_BYTES), StandardCharsets.US_ASCII)
                .strip())
        : Optional.empty();
  }

  /** A setting that is a number; empty when there is none, or none that fits. */
  Optional<Long> number(String name) throws IOException {
    String text = sysctl(name).orElse("");
    return text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /** A program of this name, in the directories that root's PATH has. */
  Optional<Path> program(String name) {
    return Stream.of("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")
        .map(directory -> at(directory).resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Whether somebody listens on a socket. */
  static boolean answers(Path socket) {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        SocketPath name = SocketPath.of(socket)) {
      return channel.connect(UnixDomainSocketAddress.of(name.path()));
    } catch (IOException e) {
      return false;
    }
  }
}
