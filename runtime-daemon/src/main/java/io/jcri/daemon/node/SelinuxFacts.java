package io.jcri.daemon.node;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the kernel has SELinux, and the types that its policy has for containers.
 *
 * @param process label of a container's processes, without categories; empty without SELinux
 * @param file label of its files, likewise
 */
public record SelinuxFacts(boolean enabled, String process, String file) {
  private static final Logger log = LoggerFactory.getLogger(SelinuxFacts.class);

  /** A node without. */
  public static final SelinuxFacts NONE = new SelinuxFacts(false, "", "");

  private static final SelinuxFacts USUAL =
      new SelinuxFacts(
          true, "system_u:system_r:container_t:s0", "system_u:object_r:container_file_t:s0");

  /** Of the node whose /sys and /etc are below {@code root}. */
  public static SelinuxFacts read(Path root) {
    if (!Files.exists(root.resolve("sys/fs/selinux/enforce"))) {
      return NONE;
    }
    try {
      String name = value(root.resolve("etc/selinux/config"), "SELINUXTYPE").orElse("targeted");
      Path contexts = root.resolve("etc/selinux").resolve(name).resolve("contexts/lxc_contexts");
      return new SelinuxFacts(
          true,
          value(contexts, "process").orElse(USUAL.process()),
          value(contexts, "file").orElse(USUAL.file()));
    } catch (IOException | UncheckedIOException e) {
      // the kernel refuses what its policy does not know: better than a node without a runtime
      log.error(
          "the SELinux policy's types can't be read, the usual ones are taken: {}", Reasons.of(e));
      return USUAL;
    }
  }

  /** A line {@code key = "value"} or {@code key=value}. */
  private static Optional<String> value(Path file, String key) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return Files.readAllLines(file).stream()
        .map(line -> line.split("=", 2))
        .filter(parts -> parts.length == 2 && parts[0].strip().equals(key))
        .map(parts -> parts[1].strip().replace("\"", ""))
        .filter(text -> !text.isEmpty())
        .findFirst();
  }

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("enabled", enabled);
    if (enabled) {
      tree.put("process", process);
      tree.put("file", file);
    }
    return tree;
  }
}
