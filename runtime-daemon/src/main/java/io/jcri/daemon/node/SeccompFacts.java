package io.jcri.daemon.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the kernel's seccomp filters can do.
 *
 * @param actions by the kernel's names, strictest first: {@code kill_process}, {@code errno}; none
 *     on a kernel without filters
 */
public record SeccompFacts(List<String> actions) {
  public SeccompFacts {
    actions = List.copyOf(actions);
  }

  static SeccompFacts read(Path root) throws IOException {
    Path available = root.resolve("proc/sys/kernel/seccomp/actions_avail");
    String text = Files.exists(available) ? Files.readString(available).strip() : "";
    return new SeccompFacts(
        Stream.of(text.split(" ", -1)).filter(name -> !name.isEmpty()).toList());
  }

  Map<String, Object> tree() {
    return Map.of("actions", actions);
  }
}
