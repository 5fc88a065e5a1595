package io.jcri.it.pods;

import io.jcri.it.kit.Command;
import io.jcri.sandbox.linux.NetworkNamespaces;
import java.io.IOException;
import java.net.Socket;

/** A machine beside the node: a network namespace that a link of its own leads to. */
final class OutsideMachine implements AutoCloseable {
  private static final long RUN = ProcessHandle.current().pid();
  private static final String NAME = "jcto" + RUN;
  private static final String HERE = "jctv" + RUN;
  private final String net = "10.%d.".formatted(150 + RUN % 50);
  private final String net6 = "fd00:6a64:%x::".formatted(RUN & 0xffff);

  OutsideMachine() throws IOException {
    run("ip", "netns", "add", NAME);
    run("ip", "link", "add", HERE, "type", "veth", "peer", "name", "eth0", "netns", NAME);
    run("ip", "addr", "add", node() + "/24", "dev", HERE);
    run("ip", "addr", "add", node6() + "/64", "dev", HERE, "nodad");
    run("ip", "link", "set", HERE, "up");
    run("ip", "-n", NAME, "addr", "add", self() + "/24", "dev", "eth0");
    run("ip", "-n", NAME, "addr", "add", self6() + "/64", "dev", "eth0", "nodad");
    run("ip", "-n", NAME, "link", "set", "eth0", "up");
    run("ip", "-n", NAME, "route", "add", "default", "via", node());
    run("ip", "-n", NAME, "route", "add", "default", "via", node6());
  }

  private static String run(String... command) throws IOException {
    return Command.of(command).run().orThrow().out();
  }

  String node() {
    return net + "7.1";
  }

  String node6() {
    return net6 + "1";
  }

  String self() {
    return net + "7.2";
  }

  String self6() {
    return net6 + "2";
  }

  String ask(String host, int port) throws IOException {
    try (Socket socket =
        NetworkNamespaces.call("/run/netns/" + NAME, () -> new Socket(host, port))) {
      return HostPortsTest.ask(socket);
    }
  }

  @Override
  public void close() throws IOException {
    run("ip", "link", "delete", HERE);
    run("ip", "netns", "delete", NAME);
  }
}
