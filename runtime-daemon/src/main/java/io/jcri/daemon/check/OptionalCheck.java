package io.jcri.daemon.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the package recommends. */
final class OptionalCheck implements Check {
  @Override
  public String about() {
    return "recommended";
  }

  @Override
  public List<Finding> look(CheckedNode node) {
    Optional<Path> inflate =
        Stream.of(
                "usr/lib/x86_64-linux-gnu",
                "usr/lib/aarch64-linux-gnu",
                "usr/lib64",
                "usr/lib",
                "usr/local/lib")
            .map(directory -> node.at(directory).resolve("libisal.so.2"))
            .filter(Files::exists)
            .findFirst();
    return List.of(
        inflate
            .map(library -> Finding.ok("recommended.libisal2", library.toString()))
            .orElseGet(() ->
                Finding.warn(
                    "recommended.libisal2",
                    "missing: images are inflated half as fast",
                    "Install it: apt install libisal2")),
        node.program("criu")
            .map(program -> Finding.ok("recommended.criu", program.toString()))
            .orElseGet(() ->
                Finding.warn(
                    "recommended.criu",
                    "missing: no checkpoints of containers",
                    "Install it: apt install criu")));
  }
}
