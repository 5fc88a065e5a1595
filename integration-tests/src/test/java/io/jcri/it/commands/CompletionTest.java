package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What shells make of {@code jcri completion}, where they are installed; bash always is. */
class CompletionTest {
  /** What is typed before a tab, and what must then be among what is offered. */
  private record Typed(String line, List<String> offered) {
    Typed(String line, String... offered) {
      this(line, List.of(offered));
    }
  }

  private static final List<Typed> TYPED =
      List.of(
          new Typed("jcri ", "check", "images", "import-from", "top", "web"),
          new Typed("jcri pods --", "--namespace", "--no-trunc", "--state"),
          new Typed("jcri image ", "inspect"),
          new Typed("jcri config migrate --", "--certs-dir", "--from"),
          new Typed("jcri top --sort ", "cpu", "memory", "name"),
          new Typed("jcri top --sort=", "cpu", "memory", "name"),
          new Typed("jcri ps --state ", "created", "exited", "unknown"),
          new Typed("jcri ps -o ", "json", "yaml"),
          new Typed("jcri import-from ", "containerd", "crio"),
          new Typed("jcri completion ", "bash", "fish", "zsh"),
          new Typed("jcri load arch", "archive.tar"));

  private static final String PROMPT = "jct> ";

  @TempDir private Path folder;

  private void prepare(String shell, String file) throws IOException {
    String jcri = Workspace.distribution().resolve("bin/jcri").toString();
    String script = Command.of(jcri, "completion", shell).run().orThrow().out();
    Files.writeString(folder.resolve(file), script);
    Files.createFile(folder.resolve("archive.tar"));
  }

  /** Runs a script in the folder with the completions. Returns all that it prints. */
  private String run(String... shellAndScript) throws IOException {
    List<String> line = new ArrayList<>(List.of("env", "-C", folder.toString()));
    line.addAll(List.of(shellAndScript));
    Command.Result result = Command.of(line).run().orThrow();
    return result.out() + result.err();
  }

  /** What a shell offers on a terminal, for each line in turn. */
  private List<String> offered(String shell, String loading) throws Exception {
    Process process =
        new ProcessBuilder("script", "-qec", "stty cols 200 rows 50; " + shell, "/dev/null")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      OutputStream keys = process.getOutputStream();
      Reader screen = process.inputReader();
      // Not as it is typed. What is typed before it comes the shell's editor does not see.
      type(keys, "PS1='jct''> '; " + loading + "\n");
      until(screen, keys, 0);
      List<String> offered = new ArrayList<>();
      for (int i = 0; i < TYPED.size(); i++) {
        type(keys, TYPED.get(i).line() + "\t\t\t");
        offered.add(until(screen, keys, i + 1));
      }
      return offered;
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private static void type(OutputStream keys, String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.US_ASCII));
    keys.flush();
  }

  /**
   * Clears the line, has the shell say something that was not typed, and reads up to its prompt.
   */
  private static String until(Reader screen, OutputStream keys, int number) throws IOException {
    type(keys, "\025echo through-$((" + number + " + 1000))\n");
    String said = "through-" + (number + 1000);
    StringBuilder shown = new StringBuilder();
    while (shown.indexOf(said) < 0 || shown.indexOf(PROMPT, shown.indexOf(said)) < 0) {
      int next = screen.read();
      if (next < 0) {
        throw new IOException("the shell has ended: " + shown);
      }
      shown.append((char) next);
    }
    return shown.toString().replaceAll("\033\\[[0-9;?]*[A-Za-z]", "");
  }

  private static void assertAllOffered(List<String> shown) {
    for (int i = 0; i < TYPED.size(); i++) {
      Typed typed = TYPED.get(i);
      assertThat(shown.get(i)).as(typed.line()).contains(typed.offered());
    }
  }

  @Test
  void bash() throws Exception {
    prepare("bash", "jcri.bash");
    assertThat(run("bash", "-c", "source ./jcri.bash")).isEmpty();
    assertAllOffered(offered("bash --norc --noprofile -i", "source ./jcri.bash"));
  }

  @Test
  void zsh() throws Exception {
    assumeThat(Path.of("/usr/bin/zsh")).exists();
    prepare("zsh", "_jcri");
    String early = "autoload -Uz compinit && compinit -u -D; ";
    assertThat(run("zsh", "-fc", early + "source ./_jcri")).as("sourced").isEmpty();
    // As the package's is loaded: by the name of its file.
    assertAllOffered(offered("zsh -f -i", "fpath=($PWD $fpath); " + early));
  }

  @Test
  void fish() throws IOException {
    assumeThat(Path.of("/usr/bin/fish")).exists();
    prepare("fish", "jcri.fish");
    assertThat(run("fish", "-N", "-c", "source ./jcri.fish")).isEmpty();
    List<String> shown = new ArrayList<>();
    for (Typed typed : TYPED) {
      String ask = "source ./jcri.fish; complete -C '" + typed.line() + "'";
      shown.add(run("fish", "-N", "-c", ask));
    }
    assertAllOffered(shown);
    String check =
        run("fish", "-N", "-c", "source ./jcri.fish; complete -C 'jcri config check --'");
    assertThat(check).as("those of jcri check").doesNotContain("--kubelet-config");
  }
}
