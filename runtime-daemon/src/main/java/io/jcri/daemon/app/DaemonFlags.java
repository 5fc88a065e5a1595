package io.jcri.daemon.app;

import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigSource;
import io.jcri.daemon.config.Origin;
import io.jcri.daemon.config.Setting;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The flags of {@code jcri daemon}: each stands for a key and beats the files. */
final class DaemonFlags {
  static final String HELP =
      """
      Usage: jcri daemon [--config FILE] [--root DIR] [--state DIR] [--listen SOCKET]
                         [--log-level LEVEL] [--log-format FMT]
      Serves the CRI until SIGTERM or SIGINT; pods run on. SIGHUP reads the configuration again.
            --config FILE      the configuration; /etc/jcri/config.toml by default, if it is there.
                               The files conf.d/*.toml beside it count as well
            --root DIR         what survives a reboot (root)
            --state DIR        what does not (state), and the socket in there
            --listen SOCKET    the CRI socket (socket)
            --log-level LEVEL  trace, debug, info, warn or error (log_level)
            --log-format FMT   text or json (log_format)
      A flag beats the key in parentheses.
      Exit status:
        0  it was told to stop before it served
        1  it cannot start
        2  a flag or the configuration is wrong
        143, 130  ended by SIGTERM, SIGINT
      """;

  private static final String USAGE = "see jcri daemon --help";

  private DaemonFlags() {}

  static boolean askForHelp(List<String> flags) {
    return flags.contains("--help") || flags.contains("-h");
  }

  /**
   * Where the configuration comes from.
   *
   * @throws ConfigException for a flag that is none, or has no value
   */
  static ConfigSource parse(List<String> flags) {
    Optional<Path> config = Optional.empty();
    Map<String, Setting> settings = new LinkedHashMap<>();
    Iterator<String> rest = flags.iterator();
    while (rest.hasNext()) {
      String flag = rest.next();
      int equals = flag.indexOf('=');
      String name = equals < 0 ? flag : flag.substring(0, equals);
      String value = equals >= 0 ? flag.substring(equals + 1) : rest.hasNext() ? rest.next() : "";
      if (value.isEmpty()) {
        throw new ConfigException(name + " needs a value; " + USAGE);
      }
      Origin origin = Origin.flag(name);
      switch (name) {
        case "--config" -> config = Optional.of(path(name, value));
        case "--root" -> settings.put("root", new Setting(path(name, value).toString(), origin));
        case "--state" -> {
          Path state = path(name, value);
          settings.put("state", new Setting(state.toString(), origin));
          // A state directory that was moved takes the socket with it, unless that is a flag's.
          settings.putIfAbsent(
              "socket", new Setting(state.resolve("jcri.sock").toString(), origin));
        }
        case "--listen" ->
            settings.put("socket", new Setting(path(name, socket(value)).toString(), origin));
        case "--log-format" -> settings.put("log_format", new Setting(value, origin));
        case "--log-level" -> settings.put("log_level", new Setting(value, origin));
        default -> throw new ConfigException("unknown flag " + name + "; " + USAGE);
      }
    }
    return new ConfigSource(config, settings);
  }

  private static String socket(String value) {
    return value.startsWith("unix://") ? value.substring("unix://".length()) : value;
  }

  private static Path path(String flag, String value) {
    try {
      return Path.of(value).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new ConfigException(flag + " \"" + value + "\" is no path: " + e.getReason());
    }
  }
}
