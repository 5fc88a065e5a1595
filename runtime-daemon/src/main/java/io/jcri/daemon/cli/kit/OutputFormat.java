package io.jcri.daemon.cli.kit;

import io.jcri.oci.Json;
import java.util.List;
import java.util.function.Supplier;

/** How a command tells what it has found. */
public enum OutputFormat {
  table,
  json,
  yaml;

  /**
   * Prints it.
   *
   * @param found a record or a list of them
   * @param lines the same for people
   */
  public void print(Object found, Supplier<List<String>> lines) {
    switch (this) {
      case table -> lines.get().forEach(System.out::println);
      case json -> System.out.writeBytes(Json.toPrettyBytes(found));
      case yaml -> System.out.print(Yaml.of(found));
    }
  }
}
