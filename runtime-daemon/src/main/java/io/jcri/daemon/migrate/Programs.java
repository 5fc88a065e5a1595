package io.jcri.daemon.migrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** Directories of programs that jcri calls as the source does: CNI plugins, image verifiers. */
final class Programs {
  /** Those of CNI that jcri looks at unless it is told otherwise begin with this one. */
  private static final List<Object> PLUGINS = List.of("/opt/cni/bin");

  private static final String VERIFIERS = "/opt/containerd/image-verifier/bin";

  private Programs() {}

  static void network(Optional<Setting> said, Draft draft) {
    if (said.isEmpty()) {
      return;
    }
    List<Object> directories =
        said.get().texts().stream().map(text -> Conversion.path(text).orElse(text)).toList();
    if (!directories.equals(PLUGINS)) {
      draft.set("network", "plugins", directories, said.get());
    }
  }

  /**
   * containerd asks those of its usual directory when it exists, whether the file says so or not;
   * jcri only when it is told, and a node must not lose them unseen.
   */
  static void verifiers(Optional<Setting> said, Path file, Predicate<Path> present, Draft draft) {
    List<String> path = List.of("verifier", "bin_dir");
    Setting directory =
        said.filter(one -> !one.idle())
            .orElseGet(() ->
                new Setting(
                    path,
                    List.of("plugins", "io.containerd.image-verifier.v1.bindir", "bin_dir"),
                    VERIFIERS,
                    new Origin(file, 0)));
    boolean usual = Objects.equals(directory.text(), VERIFIERS);
    if (!usual || present.test(Path.of(VERIFIERS))) {
      draft.set("images", "verifier_dir", directory.text(), directory);
    }
  }
}
