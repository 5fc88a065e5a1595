package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonsTest {
  static Stream<Arguments> failures() {
    IOException missing = new NoSuchFileException("/x");
    return Stream.of(
        Arguments.of(missing, "/x: no such file or directory"),
        Arguments.of(new AccessDeniedException("/x"), "/x: permission denied"),
        Arguments.of(new UncheckedIOException(missing), "/x: no such file or directory"),
        Arguments.of(new UncheckedIOException("cannot open", missing), "cannot open"),
        Arguments.of(
            new CompletionException(new ExecutionException(missing)),
            "/x: no such file or directory"),
        Arguments.of(
            new IOException("cannot read: " + missing, missing),
            "cannot read: /x: no such file or directory"),
        Arguments.of(new EOFException(), "unexpected end"),
        Arguments.of(new OutOfMemoryError("Java heap space"), "out of memory"),
        Arguments.of(
            new NullPointerException("because \"java.util.List.size()\""), "internal fault"),
        Arguments.of(new IllegalStateException(), "internal fault"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void peopleReadWords(Throwable failure, String words) {
    assertThat(Reasons.of(failure)).isEqualTo(words);
  }

  @Test
  void aLibrarysWordsStayWithoutItsNames() {
    String text =
        "com.google.gson.stream.MalformedJsonException: Use JsonReader.setStrictness("
            + "Strictness.LENIENT) to accept malformed JSON at line 1 column 2 path $\n"
            + "See https://github.com/google/gson/blob/main/Troubleshooting.md#malformed-json";
    assertThat(Reasons.plain(text)).isEqualTo("malformed JSON at line 1 column 2 path $");
  }

  @Test
  void whatTheJdkAdvisesJavaProgrammersIsLeftOut() {
    String text =
        """
        Cannot run program "/x": error: 24 (Too many open files)
        Possible reasons:
          - Spawn helper ran into JDK version mismatch
        """;
    assertThat(Reasons.of(new IOException(text)))
        .isEqualTo("Cannot run program \"/x\": error: 24 (Too many open files)");
  }

  @Test
  void noTextTakesTheStackOrFillsTheLog() {
    assertThat(Reasons.plain("at $. " + "a.".repeat(1 << 20))).hasSizeLessThan(20_000);
    assertThat(Reasons.plain("java." + "a.".repeat(1 << 20))).hasSizeLessThan(20_000);
  }

  @Test
  void hostsImagesAndPathsAreNoClasses() {
    String text = "registry.k8s.io/Pause:3.10 from docker.io at /lib/a.b.C: 500";
    assertThat(Reasons.plain(text)).isEqualTo(text);
  }
}
