package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.web.WebServer;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri web}. */
@Command(
    name = "web",
    description =
        "Serve a page that shows this node live: pods, containers, images, pulls, calls, errors. It"
            + " prints the address, which has a token, and serves until Ctrl-C.")
final class WebCommand extends AdminCommand {
  private static final Pattern ADDRESS = Pattern.compile("(\\[[^\\]]+]|[^:\\[]*):([0-9]{1,5})");
  private static final int MOST = 65_535;

  @Option(
      names = "--listen",
      paramLabel = "<address:port>",
      defaultValue = "127.0.0.1:10350",
      description = "Where to serve; port 0 for any free one; ${DEFAULT-VALUE} by default.")
  private String listen = "127.0.0.1:10350";

  @Option(
      names = "--allow-remote",
      description =
          "Take an address that others reach as well. Nothing is encrypted: who listens on the way"
              + " reads the token. A tunnel is better: ssh -L 10350:127.0.0.1:10350 NODE")
  private boolean remote;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    InetSocketAddress address = address(listen);
    if (!address.getAddress().isLoopbackAddress() && !remote) {
      System.err.println(
          "%s: others could reach %s; add --allow-remote if that is meant, or use a tunnel: ssh -L"
                  .formatted(failure(), listen)
              + " 10350:127.0.0.1:10350 NODE");
      return CommandLine.ExitCode.USAGE;
    }
    try (WebServer web = start(address, daemon)) {
      System.out.println(web.url());
      System.out.printf(
          "Serving until Ctrl-C. From elsewhere: ssh -L %1$d:127.0.0.1:%1$d NODE, and the same"
              + " address.%n",
          web.port());
      System.out.flush();
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CommandLine.ExitCode.OK;
  }

  private static WebServer start(InetSocketAddress address, AdminClient daemon) throws IOException {
    try {
      return WebServer.start(address, daemon);
    } catch (IOException e) {
      throw new IOException(Reasons.of(e) + "; another port is taken with --listen", e);
    }
  }

  private static InetSocketAddress address(String text) throws IOException {
    Matcher parts = ADDRESS.matcher(text);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > MOST) {
      throw new IOException("--listen needs an address and a port, such as 127.0.0.1:10350");
    }
    String host = parts.group(1).isEmpty() ? "127.0.0.1" : parts.group(1);
    try {
      return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(parts.group(2)));
    } catch (UnknownHostException e) {
      throw new IOException("--listen: there is no address " + host, e);
    }
  }

  @Override
  protected String failure() {
    return "cannot serve " + listen;
  }
}
