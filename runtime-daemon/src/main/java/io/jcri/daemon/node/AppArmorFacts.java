package io.jcri.daemon.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether the kernel confines by AppArmor profiles. */
public record AppArmorFacts(boolean enabled) {
  /**
   * Of the node whose /sys is below {@code root}.
   *
   * @throws IOException naming the file that can't be read
   */
  public static AppArmorFacts read(Path root) throws IOException {
    Path enabled = root.resolve("sys/module/apparmor/parameters/enabled");
    return new AppArmorFacts(Files.exists(enabled) && Files.readString(enabled).startsWith("Y"));
  }

  Map<String, Object> tree() {
    return Map.of("enabled", enabled);
  }
}
