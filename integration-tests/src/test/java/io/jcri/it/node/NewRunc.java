package io.jcri.it.node;

import io.jcri.it.kit.Tools;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A runc that can do more than the machine's own may: id-mapped and recursive read-only mounts. A
 * test that needs it is {@code @EnabledIf("io.jcri.it.node.NewRunc#available")}.
 */
public final class NewRunc {
  private static final Optional<Path> PROGRAM = Tools.newRunc();

  private NewRunc() {}

  /** Whether there is one, or it could be built. */
  public static boolean available() {
    return PROGRAM.isPresent();
  }

  /** A node that runs everything with it; with the machine's own where there is none. */
  public static TestNode node() {
    return new TestNode(PROGRAM.map(program -> Map.of("runc", program)).orElse(Map.of()));
  }
}
