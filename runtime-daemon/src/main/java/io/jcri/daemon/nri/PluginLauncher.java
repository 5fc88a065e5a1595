package io.jcri.daemon.nri;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.sandbox.linux.SocketPath;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the plugins that are installed on the node: every executable of the directory whose name
 * is two digits, a dash and a name. A plugin finds its connection at descriptor 3.
 */
final class PluginLauncher {
  private static final Logger log = LoggerFactory.getLogger(PluginLauncher.class);
  private static final Pattern NAME = Pattern.compile("([0-9]{2})-(.+)");

  private final DaemonConfig.Nri config;
  private final Path starter;
  private final Path temporary;

  /** A plugin's process and its connection, which is not registered yet. */
  record Launched(Process process, SocketChannel channel, Registration.Preinstalled plugin) {}

  /**
   * A launcher.
   *
   * @param starter the native program that hands over the connection
   * @param temporary a directory of root's for the sockets that live as long as a start takes
   */
  PluginLauncher(DaemonConfig.Nri config, Path starter, Path temporary) {
    this.config = config;
    this.starter = starter;
    this.temporary = temporary;
  }

  /** Starts all of them. One that can't be started is told of in the log and left out. */
  List<Launched> launch() {
    List<Launched> launched = new ArrayList<>();
    for (Path program : programs()) {
      String name = String.valueOf(program.getFileName());
      Matcher parts = NAME.matcher(name);
      if (!parts.matches()) {
        log.warn(
            "{} is no NRI plugin: its name does not begin with two digits and a dash", program);
        continue;
      }
      try {
        var plugin =
            new Registration.Preinstalled(
                parts.group(1), parts.group(2), configuration(name, parts.group(2)));
        launched.add(launch(program, plugin));
        log.info("started NRI plugin {}", program);
      } catch (IOException | RuntimeException e) {
        log.warn("NRI plugin {} could not be started: {}", program, e.getMessage());
      }
    }
    return launched;
  }

  private List<Path> programs() {
    if (!Files.isDirectory(config.plugins())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(config.plugins())) {
      return files
          .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      log.warn("NRI plugins in {} can't be listed: {}", config.plugins(), e.getMessage());
      return List.of();
    }
  }

  private String configuration(String name, String base) throws IOException {
    for (String file : List.of(name + ".conf", base + ".conf")) {
      try {
        return Files.readString(config.configurations().resolve(file));
      } catch (NoSuchFileException none) {
        log.trace("{} has no {}", config.configurations(), file);
      }
    }
    return "";
  }

  private Launched launch(Path program, Registration.Preinstalled plugin) throws IOException {
    Path socket = Files.createTempDirectory(temporary, "nri").resolve("s");
    try (SocketPath name = SocketPath.of(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(name.path()), 1);
      ProcessBuilder builder =
          new ProcessBuilder(
                  starter.toString(), name.pathForOthers().toString(), program.toString())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().clear();
      builder.environment().put("NRI_PLUGIN_NAME", plugin.base());
      builder.environment().put("NRI_PLUGIN_IDX", plugin.index());
      builder.environment().put("NRI_PLUGIN_SOCKET", "3");
      Process process = builder.start();
      // A starter that fails before it connects must not leave us waiting.
      CompletableFuture<Void> _ = process.onExit().thenRun(() -> close(server));
      return new Launched(process, accept(server, process), plugin);
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(socket.getParent());
    }
  }

  private static SocketChannel accept(ServerSocketChannel server, Process process)
      throws IOException {
    try {
      return server.accept();
    } catch (ClosedChannelException e) {
      throw new IOException("it ended at once, with " + process.exitValue(), e);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static void close(ServerSocketChannel server) {
    try {
      server.close();
    } catch (IOException e) {
      log.debug("a socket of a plugin's start can't be closed: {}", e.getMessage());
    }
  }
}
