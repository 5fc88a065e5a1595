package io.jcri.oci.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.Hooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HookDirectoriesTest {
  private static final ContainerSpec SPEC =
      ContainerSpec.builder(
              ContainerProcess.of(List.of("/usr/sbin/init", "--x")),
              new ContainerSpec.Root("/r", false))
          .build();

  private final HookDirectories hooks = new HookDirectories();

  @TempDir private Path directory;
  private Path first;
  private Path second;

  @BeforeEach
  void makeDirectories() throws IOException {
    first = Files.createDirectory(directory.resolve("first"));
    second = Files.createDirectory(directory.resolve("second"));
  }

  private static void hook(Path folder, String name, String path, String when, String stages)
      throws IOException {
    Files.writeString(
        folder.resolve(name),
        "{\"version\": \"1.0.0\", \"hook\": {\"path\": \"%s\"}, \"when\": {%s}, \"stages\": [%s]}"
            .formatted(path, when, stages));
  }

  private Hooks found(Map<String, String> annotations, boolean bindMounts) {
    return hooks.add(List.of(first, second), SPEC, annotations, bindMounts).hooks();
  }

  private static List<String> paths(List<Hooks.Hook> hooks) {
    return hooks.stream().map(Hooks.Hook::path).toList();
  }

  @Test
  void laterDirectoriesMaskAndNamesGiveTheOrder() throws IOException {
    hook(first, "20-b.json", "/b", "\"always\": true", "\"prestart\", \"poststop\"");
    hook(first, "10-a.json", "/masked", "\"always\": true", "\"prestart\"");
    hook(second, "10-a.json", "/a", "\"always\": true", "\"prestart\"");
    hook(second, "30-no.json", "/no", "\"always\": false", "\"prestart\"");
    Files.writeString(first.resolve("readme.txt"), "not looked at");
    assertThat(paths(found(Map.of(), false).prestart())).containsExactly("/a", "/b");
    assertThat(paths(found(Map.of(), false).poststop())).containsExactly("/b");
    Files.delete(second.resolve("10-a.json"));
    hook(first, "20-b.json", "/changed", "\"always\": true", "\"prestart\"");
    assertThat(paths(found(Map.of(), false).prestart())).containsExactly("/masked", "/changed");
  }

  @Test
  void allOfAHookIsCarriedOver() throws IOException {
    Files.writeString(
        first.resolve("x.json"),
        """
        {"version": "1.0.0",
         "hook": {"path": "/x", "args": ["x", "-v"], "env": ["A=1"], "timeout": 3},
         "when": {"always": true},
         "stages": ["createRuntime", "createContainer", "startContainer", "poststart"]}
        """);
    Hooks.Hook hook = new Hooks.Hook("/x", List.of("x", "-v"), List.of("A=1"), Optional.of(3));
    assertThat(found(Map.of(), false))
        .isEqualTo(
            new Hooks(
                List.of(), List.of(hook), List.of(hook), List.of(hook), List.of(hook), List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "commands": [".*/init", "other"]                        | true
          "commands": ["^init$"]                                  | false
          "annotations": {"^io\\\\.x$": "^yes$"}                  | true
          "annotations": {"^io\\\\.x$": "^no$"}                   | false
          "annotations": {"^io\\\\.x$": "y", "other": ".*"}       | false
          "hasBindMounts": true                                   | true
          "hasBindMounts": false                                  | false
          "always": true, "commands": ["sh"]                      | false
          "hasBindMounts": true, "commands": ["init"]             | true
          """)
  void allConditionsMustBeMet(String when, boolean fits) throws IOException {
    hook(first, "x.json", "/x", when, "\"prestart\"");
    assertThat(paths(found(Map.of("io.x", "yes"), true).prestart())).hasSize(fits ? 1 : 0);
  }

  @Test
  void mountsOfItsOwnArentThere() throws IOException {
    hook(first, "x.json", "/x", "\"hasBindMounts\": true", "\"prestart\"");
    assertThat(found(Map.of(), false).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /x | "always": true              | "never"                | stages are [never] but may be of
          /x | "always": true              |                        | stages are [] but may be of
          x  | "always": true              | "prestart"             | hook.path is "x" but must be absolute
          /x |                             | "prestart"             | when has no condition
          /x | "commands": ["("]           | "prestart"             | when has "(", which is no regular expression
          """)
  void noContainerGoesWithoutAHookThatIsWrong(
      String path, String when, String stages, String message) throws IOException {
    hook(first, "x.json", path, when == null ? "" : when, stages == null ? "" : stages);
    assertThatThrownBy(() -> found(Map.of(), false))
        .hasMessageStartingWith("hook " + first.resolve("x.json") + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void olderFilesAndWhatIsNoFileAreWrong() throws IOException {
    Path file = first.resolve("x.json");
    Files.writeString(file, "{\"hook\": \"/x\", \"stages\": [\"prestart\"], \"cmds\": [\"a\"]}");
    assertThatThrownBy(() -> found(Map.of(), false)).hasMessageStartingWith("hook " + file);
    Files.delete(file);
    Files.createDirectory(file);
    assertThatThrownBy(() -> found(Map.of(), false)).hasMessageContaining("is no regular file");
  }

  @Test
  void directoriesThatAreNotThereHaveNone() {
    assertThat(hooks.add(List.of(directory.resolve("none")), SPEC, Map.of(), true).hooks())
        .isEqualTo(Hooks.NONE);
  }
}
