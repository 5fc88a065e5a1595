package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UndoListTest {
  private static final int STEPS = 5;

  private final UndoList list = new UndoList();
  private final List<String> undone = new ArrayList<>();
  private final IOException why = new IOException("the step that failed");

  private void add(String what) {
    list.add(what, () -> undone.add(what));
  }

  @Test
  void theLastIsUndoneFirst() {
    add("root");
    add("volume");
    add("bundle");
    list.undo(why);
    assertThat(undone).containsExactly("bundle", "volume", "root");
    assertThat(why).hasNoSuppressedExceptions();
  }

  @Test
  void whatCantBeUndoneKeepsNothingElseAndIsTold() {
    IOException first = new IOException("busy");
    UncheckedIOException second = new UncheckedIOException(new IOException("full"));
    add("root");
    list.add(
        "one",
        () -> {
          throw first;
        });
    add("volume");
    list.add(
        "two",
        () -> {
          throw second;
        });
    add("bundle");
    list.undo(why);
    assertThat(undone).containsExactly("bundle", "volume", "root");
    assertThat(why.getSuppressed()).containsExactly(second, first);
  }

  @Test
  void anUndoMayFailWithWhatIsUndone() {
    add("root");
    list.add(
        "same",
        () -> {
          throw why;
        });
    list.undo(why);
    assertThat(undone).containsExactly("root");
    assertThat(why).hasNoSuppressedExceptions();
  }

  @Test
  void nothingIsUndoneTwice() {
    add("root");
    list.undo(why);
    list.undo(why);
    assertThat(undone).containsExactly("root");
  }

  /** Whichever step fails, before it has made anything or after, nothing is left. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void aFailureAtAnyStepLeavesNothing(int failing, @TempDir Path directory) throws IOException {
    for (boolean made : new boolean[] {false, true}) {
      try {
        for (int step : IntStream.range(0, STEPS).toArray()) {
          // each in the one before, as a mount in a directory: only the right order works
          Path folder =
              IntStream.rangeClosed(0, step)
                  .mapToObj(Integer::toString)
                  .reduce(directory, Path::resolve, (a, b) -> b);
          list.add("folder " + step, () -> Files.deleteIfExists(folder));
          if (step == failing && !made) {
            throw new IOException("before");
          }
          Files.createDirectory(folder);
          if (step == failing) {
            throw new IOException("after");
          }
        }
      } catch (IOException e) {
        list.undo(e);
        assertThat(e).hasNoSuppressedExceptions();
      }
      try (Stream<Path> left = Files.list(directory)) {
        assertThat(left).isEmpty();
      }
    }
  }
}
