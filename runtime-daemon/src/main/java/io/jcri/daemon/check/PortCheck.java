package io.jcri.daemon.check;

import io.jcri.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The socket and the port that the daemon listens on. */
final class PortCheck implements Check {
  /** Of a line in /proc/net/tcp: the state of a socket that is listened on. */
  private static final String LISTEN = "0A";

  @Override
  public String about() {
    return "ports";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    Path socket = node.config().socket();
    boolean alive = CheckedNode.answers(socket);
    return List.of(
        alive
            ? Finding.ok("ports.cri", socket + ", a daemon answers")
            : Finding.warn(
                "ports.cri",
                socket + ", nobody answers",
                "Start the daemon: systemctl enable --now jcri"),
        streaming(node, alive));
  }

  private static Finding streaming(CheckedNode node, boolean alive) throws IOException {
    DaemonConfig.Streaming streaming = node.config().streaming();
    String name = "ports.streaming";
    if (streaming.port() == 0) {
      return Finding.ok(name, "any free port of " + streaming.address());
    }
    String seen = streaming.address() + ":" + streaming.port();
    boolean taken =
        Stream.concat(
                node.text("proc/net/tcp").orElse("").lines(),
                node.text("proc/net/tcp6").orElse("").lines())
            .anyMatch(line -> listens(line, streaming.port()));
    if (!taken) {
      return Finding.ok(name, seen + " is free");
    }
    return alive
        ? Finding.ok(name, seen + " is listened on, and a daemon runs")
        : Finding.fail(
            name,
            seen + " is taken by another program",
            "See by whom: ss -ltnp 'sport = :%d'; or set port = 0 below [streaming]."
                .formatted(streaming.port()));
  }

  /** A line {@code 0: 0100007F:1F90 00000000:0000 0A …}. */
  static boolean listens(String line, int port) {
    String[] words = line.strip().split("\\s+", -1);
    return words.length > 3
        && words[3].equals(LISTEN)
        && words[1].endsWith(":%04X".formatted(port));
  }
}
