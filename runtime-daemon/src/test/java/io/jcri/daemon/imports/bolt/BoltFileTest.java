package io.jcri.daemon.imports.bolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.imports.bolt.BoltWriter.Item;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases of every shape, damaged ones, and one that is written to meanwhile. */
class BoltFileTest {
  private static final int PAGE = 1024;
  private static final String LARGE = "large".repeat(1000);

  @TempDir Path folder;

  /** Two leaves below branches, one entry of several pages, buckets in and outside of pages. */
  private static BoltWriter whole() {
    return new BoltWriter(PAGE)
        .meta(6, 3, 20)
        .meta(7, 4, 20)
        .leaf(3, Item.value("state", "older"))
        .branch(4, 5, 6)
        .branch(5, 7)
        .branch(6, 8)
        .leaf(7, Item.value("a", "1"), Item.bucket("b", 16))
        .leaf(8, Item.value("large", LARGE), Item.value("state", "newer"))
        .leaf(
            16,
            Item.inline("empty"),
            Item.inline("inner", Item.value("x", "y"), Item.inline("deep", Item.value("z", ""))),
            Item.value("value", "no bucket"));
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("db"), bytes);
  }

  private static String state(Path file) throws IOException {
    return BoltFile.read(file, root -> root.text("state").orElse("none"));
  }

  private void refused(byte[] bytes, String why) throws IOException {
    Path file = file(bytes);
    assertThatThrownBy(() -> BoltFile.read(file, BoltFileTest::all))
        .isInstanceOf(BoltException.class)
        .hasMessageContaining(why);
  }

  /** Everything, on one line. */
  private static String all(BoltBucket bucket) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : List.of("a", "large", "state", "value", "x", "z")) {
      Optional<String> value = bucket.text(name);
      value.ifPresent(found ->
          text.append(name).append('=').append(found.equals(LARGE) ? "LARGE" : found).append(' '));
    }
    for (BoltBucket.Named below : bucket.buckets()) {
      text.append(below.name()).append("{").append(all(below.bucket())).append("}");
    }
    return text.toString();
  }

  @Test
  void valuesAndBucketsAreFoundWhereverTheyStand() throws IOException {
    Path file = file(whole().bytes());
    assertThat(BoltFile.read(file, BoltFileTest::all))
        .isEqualTo("a=1 large=LARGE state=newer b{value=no bucket empty{}inner{x=y deep{z= }}}");
    Optional<BoltBucket> noBucket = BoltFile.read(file, root -> root.bucket("a"));
    assertThat(noBucket).isEmpty();
    Optional<byte[]> noValue = BoltFile.read(file, root -> root.value("b"));
    assertThat(noValue).isEmpty();
  }

  @Test
  void theNewerHeadCountsUnlessItIsTorn() throws IOException {
    assertThat(state(file(whole().bytes()))).isEqualTo("newer");
    byte[] torn = whole().bytes();
    torn[PAGE + 60] ^= 1; // the second, in its transaction's number
    assertThat(state(file(torn))).isEqualTo("older");
    byte[] first = whole().bytes();
    Arrays.fill(first, 0, PAGE, (byte) 0);
    assertThat(state(file(first))).as("which alone knows the size of pages").isEqualTo("newer");
    Arrays.fill(first, PAGE, 2 * PAGE, (byte) 0);
    refused(first, "it is no bbolt database, or both its heads are damaged");
    assertThat(state(file(whole().meta(8, 3, 20).bytes()))).isEqualTo("older");
  }

  @Test
  void whatIsNoDatabaseIsRefused() throws IOException {
    refused(new byte[0], "it is empty");
    refused("text".repeat(10_000).getBytes(StandardCharsets.UTF_8), "no bbolt");
  }

  @Test
  void damageIsToldAndNeverFollowed() throws IOException {
    byte[] whole = whole().bytes();
    refused(Arrays.copyOf(whole, 9 * PAGE), "it ends after 9216 bytes, before page 8 does");
    refused(Arrays.copyOf(whole, 16 * PAGE + 100), "before page 16 does");
    refused(whole().branch(5, 5).bytes(), "nested deeper");
    refused(whole().branch(5, 4, 4).bytes(), "it is damaged");
    refused(whole().branch(5, 0).bytes(), "there is no page 0 of 20");
    refused(whole().branch(5, 20).bytes(), "there is no page 20 of 20");
    refused(whole().branch(5, -1).bytes(), "there is no page -1");
    refused(whole().meta(8, 9, 20).bytes(), "page 9 calls itself");
    refused(whole().meta(8, 1L << 60, (1L << 60) + 1).bytes(), "it ends after");
    byte[] entry = whole.clone();
    entry[7 * PAGE + 16 + 12 + 3] = 0x7f; // the length of the first value
    refused(entry, "an entry reaches beyond its page");
    byte[] count = whole.clone();
    count[7 * PAGE + 10] = (byte) 0xff;
    refused(count, "255 entries do not fit");
    byte[] flags = whole.clone();
    flags[7 * PAGE + 8] = 0x10;
    refused(flags, "has the flags 16");
    byte[] overflow = whole.clone();
    overflow[8 * PAGE + 14] = 0x10;
    refused(overflow, "would be read");
  }

  /** A head's checksum covers all that counts in it; other pages have none. */
  @Test
  void noFlippedByteIsMoreThanAnOtherAnswerOrARefusal() throws IOException {
    byte[] whole = whole().bytes();
    int refused = 0;
    for (int i = 0; i < whole.length; i++) {
      if (i % PAGE >= 100 || (i / PAGE > 8 && i / PAGE < 16)) {
        continue; // values, or nothing
      }
      byte[] damaged = whole.clone();
      damaged[i] ^= (byte) 0xff;
      Path file = file(damaged);
      try {
        String _ = BoltFile.read(file, BoltFileTest::all);
      } catch (BoltException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  @Test
  void whatIsWrittenMeanwhileIsReadAgain() throws IOException {
    Path file = file(whole().bytes());
    int[] calls = new int[1];
    String state =
        BoltFile.read(
            file,
            root -> {
              if (calls[0]++ == 0) {
                // The state that is being read loses its pages: they are another's now.
                Files.write(
                    file,
                    whole().meta(8, 3, 20).leaf(8, Item.value("state", "overwritten")).bytes(),
                    StandardOpenOption.TRUNCATE_EXISTING);
              }
              return root.text("state").orElse("none");
            });
    assertThat(state).isEqualTo("older");
    assertThat(calls[0]).isEqualTo(2);
  }

  @Test
  void aFailureOfAStateThatHasGoneDoesNotCount() throws IOException {
    Path file = file(whole().branch(6, 6).bytes());
    int[] calls = new int[1];
    String state =
        BoltFile.read(
            file,
            root -> {
              if (calls[0]++ == 0) {
                Files.write(file, whole().meta(8, 3, 20).branch(6, 6).bytes());
              }
              return root.text("state").orElse("none");
            });
    assertThat(state).isEqualTo("older");
  }

  @Test
  void neitherDoesWhatACallerMakesOfIt() throws IOException {
    Path file = file(whole().bytes());
    String state =
        BoltFile.read(
            file,
            root -> {
              String read = root.text("state").orElse("none");
              if (read.equals("newer")) {
                Files.write(file, whole().meta(8, 3, 20).bytes());
                throw new IllegalStateException("nobody understands that");
              }
              return read;
            });
    assertThat(state).isEqualTo("older");
    assertThatThrownBy(() ->
            BoltFile.read(
                file,
                root -> {
                  throw new IllegalStateException("that neither");
                }))
        .hasMessage("that neither");
  }

  @Test
  void aDatabaseThatNeverRestsIsToldOf() throws IOException {
    Path file = file(whole().bytes());
    long[] transaction = {8};
    assertThatThrownBy(() ->
            BoltFile.read(
                file,
                root -> {
                  Files.write(file, whole().meta(transaction[0]++, 3, 20).bytes());
                  return root.text("state");
                }))
        .isInstanceOf(BoltException.class)
        .hasMessageContaining("written to faster");
  }
}
