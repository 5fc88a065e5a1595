package io.jcri.daemon.config;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The configuration that counts now. Who needs a setting reads it when it needs it, or keeps what
 * was made of it in a {@link Derived}; so a change needs nobody who hears of it. Thread-safe.
 */
public final class LiveConfig implements Supplier<DaemonConfig> {
  private final ConfigSource source;
  private volatile LoadedConfig current;
  private volatile LastReading lastReading = new LastReading(true, Instant.now());

  /**
   * Reads it for the first time.
   *
   * @throws ConfigException with everything that is wrong
   */
  public LiveConfig(ConfigSource source) {
    this.source = source;
    this.current = source.load();
  }

  @Override
  public DaemonConfig get() {
    return current.config();
  }

  /**
   * How the last reading of the configuration has ended.
   *
   * @param good whether what is in the files is in use
   * @param goodAt when it was last read without a fault
   */
  public record LastReading(boolean good, Instant goodAt) {}

  /** That of the start counts, too. */
  public LastReading lastReading() {
    return lastReading;
  }

  /** The same with the origins of its values. */
  public LoadedConfig current() {
    return current;
  }

  /**
   * Reads the files again. What only a restart can change stays as it is.
   *
   * @throws ConfigException with everything that is wrong; then nothing has changed
   */
  public synchronized Reloaded reload() {
    try {
      Reloaded reloaded = readAgain();
      lastReading = new LastReading(true, Instant.now());
      return reloaded;
    } catch (ConfigException e) {
      lastReading = new LastReading(false, lastReading.goodAt);
      throw e;
    }
  }

  private Reloaded readAgain() {
    ConfigTexts texts = source.texts();
    LoadedConfig before = current;
    Map<String, Setting> wanted = texts.read().settings();
    before
        .settings()
        .forEach((key, setting) -> {
          if (KnownKeys.needsRestart(key)) {
            texts.set(key, setting);
          }
        });
    LoadedConfig next = texts.read();
    current = next;
    return new Reloaded(
        changes(before.settings(), wanted, false), changes(before.settings(), wanted, true));
  }

  private static List<String> changes(
      Map<String, Setting> before, Map<String, Setting> after, boolean restart) {
    Set<String> keys = new LinkedHashSet<>(before.keySet());
    keys.addAll(after.keySet());
    // A handler that comes or goes is one change.
    Map<String, String> changes = new LinkedHashMap<>();
    for (String key : keys) {
      if (KnownKeys.needsRestart(key) != restart) {
        continue;
      }
      Setting old = before.get(key);
      Setting now = after.get(key);
      String table = key.substring(0, Math.max(0, key.lastIndexOf('.')));
      if (old == null) {
        changes.put(table, table + " (added)");
      } else if (now == null) {
        changes.put(table, table + " (removed)");
      } else if (!old.value().equals(now.value())) {
        changes.put(key, "%s (%s -> %s)".formatted(key, old.toml(), now.toml()));
      }
    }
    return new ArrayList<>(changes.values());
  }
}
