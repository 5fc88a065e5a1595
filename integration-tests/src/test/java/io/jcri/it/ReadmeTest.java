package io.jcri.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README says which test holds what it claims: the test must be there. */
class ReadmeTest {
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");
  private static final Pattern CALL = Pattern.compile("rpc (\\w+)\\(");

  private static final String README = "README.md";

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Path root = Workspace.root();
    Set<String> named =
        TEST.matcher(Files.readString(root.resolve(README)))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> present = new TreeSet<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(root, Files::isDirectory)) {
      for (Path module : modules) {
        present.addAll(tests(module.resolve("src/test/java")));
      }
    }
    assertThat(named).isNotEmpty().allMatch(present::contains);
  }

  private static Set<String> tests(Path sources) throws IOException {
    if (!Files.isDirectory(sources)) {
      return Set.of();
    }
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void everyCallIsInTheTable() throws IOException {
    Path root = Workspace.root();
    String table = Files.readString(root.resolve(README));
    Set<String> calls =
        CALL.matcher(Files.readString(root.resolve("proto/src/main/proto/api.proto")))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(calls).hasSize(43).allMatch(table::contains);
  }
}
