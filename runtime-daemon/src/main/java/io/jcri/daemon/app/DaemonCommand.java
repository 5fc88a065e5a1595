package io.jcri.daemon.app;

import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.SocketNames;
import io.jcri.daemon.log.LogFormat;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.daemon.system.Logging;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.daemon.system.Umask;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * {@code jcri daemon [--config FILE] [--root DIR] [--state DIR] [--listen SOCKET] [--log-level
 * LEVEL] [--log-format FORMAT]}: flags beat the file. Returns after SIGTERM or SIGINT.
 */
public final class DaemonCommand {
  private static final Path DEFAULT_CONFIG = Path.of("/etc/jcri/config.toml");
  private static final String USAGE =
      "usage: jcri daemon [--config FILE] [--root DIR] [--state DIR] [--listen SOCKET]"
          + " [--log-level LEVEL] [--log-format text|json]";

  private DaemonCommand() {}

  /**
   * Runs the daemon until a signal ends it.
   *
   * @return the exit status: 1 when the daemon can't start, 2 for a bad flag or file. A signal ends
   *     the process itself, with 128 and its number
   */
  public static int run(List<String> flags) {
    DaemonConfig config;
    try {
      config = configuration(flags);
    } catch (ConfigException | InvalidPathException e) {
      System.err.println("jcri: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      System.err.println("jcri: cannot read the configuration: " + Reasons.of(e));
      return 2;
    }
    Umask.set(Linux.get());
    Logging.start(config.logLevel(), LogFormat.of(config.logFormat()));
    HeapGuard.install();
    try {
      SocketNames.check(config);
      serve(new Daemon(config, files(flags), NativeBinaries.find()));
      return 0;
    } catch (IOException | RuntimeException e) {
      System.err.println("jcri: cannot start: " + Reasons.of(e));
      return 1;
    }
  }

  private static void serve(Daemon daemon) throws IOException {
    CountDownLatch stopped = new CountDownLatch(1);
    daemon.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  daemon.stop();
                  stopped.countDown();
                },
                "stop"));
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static DaemonConfig configuration(List<String> flags) throws IOException {
    List<Path> files = files(flags);
    return Overrides.parse(flags)
        .apply(files.isEmpty() ? DaemonConfig.defaults() : ConfigFile.read(files.getFirst()));
  }

  /** The file that is asked for, or the usual one if it is there. */
  private static List<Path> files(List<String> flags) {
    @Nullable Path file = Overrides.parse(flags).config();
    return file != null
        ? List.of(file)
        : Files.exists(DEFAULT_CONFIG) ? List.of(DEFAULT_CONFIG) : List.of();
  }

  /** What the flags say. */
  private record Overrides(
      @Nullable Path config,
      @Nullable Path root,
      @Nullable Path state,
      @Nullable Path socket,
      @Nullable String logLevel,
      @Nullable String logFormat) {

    static Overrides parse(List<String> flags) {
      Overrides o = new Overrides(null, null, null, null, null, null);
      Iterator<String> rest = flags.iterator();
      while (rest.hasNext()) {
        String flag = rest.next();
        int equals = flag.indexOf('=');
        String name = equals < 0 ? flag : flag.substring(0, equals);
        String value = equals >= 0 ? flag.substring(equals + 1) : rest.hasNext() ? rest.next() : "";
        if (value.isEmpty()) {
          throw new ConfigException(name + " needs a value; " + USAGE);
        }
        o =
            switch (name) {
              case "--config" ->
                  new Overrides(Path.of(value), o.root, o.state, o.socket, o.logLevel, o.logFormat);
              case "--root" ->
                  new Overrides(
                      o.config, Path.of(value), o.state, o.socket, o.logLevel, o.logFormat);
              case "--state" ->
                  new Overrides(
                      o.config, o.root, Path.of(value), o.socket, o.logLevel, o.logFormat);
              case "--listen" ->
                  new Overrides(
                      o.config, o.root, o.state, socketPath(value), o.logLevel, o.logFormat);
              case "--log-level" ->
                  new Overrides(o.config, o.root, o.state, o.socket, value, o.logFormat);
              case "--log-format" ->
                  new Overrides(o.config, o.root, o.state, o.socket, o.logLevel, format(value));
              default -> throw new ConfigException("unknown flag " + name + "; " + USAGE);
            };
      }
      return o;
    }

    private static String format(String value) {
      if (!DaemonConfig.LOG_FORMATS.contains(value)) {
        throw new ConfigException("--log-format is text or json; " + USAGE);
      }
      return value;
    }

    private static Path socketPath(String value) {
      return Path.of(value.startsWith("unix://") ? value.substring("unix://".length()) : value);
    }

    /** A state directory that was moved takes the default socket with it. */
    DaemonConfig apply(DaemonConfig c) {
      Path newState = state == null ? c.state() : state;
      Path newSocket =
          socket != null ? socket : state == null ? c.socket() : state.resolve("jcri.sock");
      return new DaemonConfig(
          root == null ? c.root() : root,
          newState,
          newSocket,
          logLevel == null ? c.logLevel() : logLevel,
          logFormat == null ? c.logFormat() : logFormat,
          c.cgroupDriver(),
          c.defaultHandler(),
          c.handlers(),
          c.refuseKnownEscapes(),
          c.images(),
          c.network(),
          c.cdi(),
          c.streaming(),
          c.nri());
    }
  }
}
