package io.jcri.daemon.config;

import java.util.List;
import java.util.function.Function;

/** The table {@code containers}. */
final class ContainerKeys {
  private ContainerKeys() {}

  static ContainerSettings read(Keys keys, ContainerSettings d) {
    ContainerSettings settings =
        new ContainerSettings(
            made(keys, "ulimits", Ulimits.texts(d.ulimits()), Ulimits::parse, d.ulimits()));
    keys.rejectUnknown();
    return settings;
  }

  /**
   * What is made of a list of texts.
   *
   * @param instead when nothing can be made of it, which is a problem then
   */
  private static <T> T made(
      Keys keys,
      String key,
      List<String> fallback,
      Function<List<String>, T> make,
      T instead) {
    List<String> texts = keys.texts(key, fallback);
    try {
      return make.apply(texts);
    } catch (IllegalArgumentException e) {
      keys.problem(key, String.valueOf(e.getMessage()));
      return instead;
    }
  }
}
