package io.jcri.sandbox.linux;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why something failed, in words for people. Of many exceptions of Java and of libraries the
 * message is a path alone, the name of a class, or nothing.
 */
public final class Reasons {
  /**
   * {@code java.nio.file.NoSuchFileException: }, and what libraries put before their words. As deep
   * as the repetitions go: a stranger's text must not take the stack.
   */
  private static final Pattern CLASS =
      Pattern.compile(
          "(?<![\\w./-])(?:(?:[a-z_]\\w*\\.){2,20}(?:[A-Z]\\w*[.$]){0,20}[A-Z]\\w*(?:Exception|Error)"
              + "|(?:java|javax|jdk|sun|io\\.netty|io\\.grpc|com\\.google)\\.(?:[\\w$]+\\.){0,20}[A-Z][\\w$]*)"
              + "(?:: ?)?");

  /** How the JSON parser says that a text is none. */
  private static final String LENIENT =
      "Use JsonReader.setStrictness(Strictness.LENIENT) to accept malformed JSON";

  /** What follows is meant for those who write Java: of the JSON parser, of the JDK's processes. */
  private static final List<String> ADVICE = List.of("\nSee https://", "\nPossible reasons:");

  /** Characters of one that are told: libraries quote the strangers' texts that they refuse. */
  private static final int MOST = 16 << 10;

  private static final String INTERNAL = "internal fault";

  private Reasons() {}

  /** One line or more, never empty, and without the name of a class. */
  public static String of(@Nullable Throwable failure) {
    return switch (failure) {
      case null -> INTERNAL;
      case FileSystemException e -> file(e);
      case OutOfMemoryError _ -> "out of memory";
      case StackOverflowError _ -> "too deeply nested";
      case LinkageError _, NullPointerException _, ClassCastException _ -> INTERNAL;
      default -> {
        Throwable cause = failure.getCause();
        String text = failure.getMessage();
        if (cause != null && (text == null || text.contains(cause.toString()))) {
          // what such a wrapper says is its cause's name, maybe behind words of its own
          String own = text == null ? "" : text.substring(0, text.indexOf(cause.toString()));
          yield plain(own) + of(cause);
        }
        String words = text == null ? "" : plain(text).strip();
        yield words.isEmpty() ? (cause == null ? kind(failure) : of(cause)) : words;
      }
    };
  }

  /** As {@link #of}, where what is said before names the file already. */
  public static String ofNamed(IOException failure) {
    return failure instanceof FileSystemException e ? reason(e) : of(failure);
  }

  /** A text that may have come from a library, without the names of classes. */
  public static String plain(String text) {
    String start = text.length() > MOST ? text.substring(0, MOST) + "..." : text;
    String words = start.replace(LENIENT, "malformed JSON");
    for (String advice : ADVICE) {
      int at = words.indexOf(advice);
      words = at < 0 ? words : words.substring(0, at).stripTrailing();
    }
    return CLASS.matcher(words).replaceAll("");
  }

  private static String file(FileSystemException e) {
    String from = e.getFile() == null ? "" : e.getFile();
    String to = e.getOtherFile() == null ? "" : " -> " + e.getOtherFile();
    return from.isEmpty() ? reason(e) : from + to + ": " + reason(e);
  }

  private static String reason(FileSystemException e) {
    String reason = e.getReason();
    if (reason != null && !reason.isEmpty()) {
      return reason;
    }
    return switch (e) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "it exists already";
      case DirectoryNotEmptyException _ -> "directory not empty";
      case NotDirectoryException _ -> "not a directory";
      case FileSystemLoopException _ -> "too many links";
      default -> "input/output error";
    };
  }

  private static String kind(Throwable failure) {
    return switch (failure) {
      case EOFException _, BufferUnderflowException _ -> "unexpected end";
      case BufferOverflowException _ -> "too long";
      case ClosedByInterruptException _, InterruptedIOException _, InterruptedException _ ->
          "interrupted";
      case ClosedChannelException _ -> "connection closed";
      case UnresolvedAddressException _ -> "unknown host";
      case TimeoutException _ -> "timed out";
      case CancellationException _ -> "cancelled";
      case CharacterCodingException _ -> "not UTF-8";
      case FileNotFoundException _ -> "no such file or directory";
      case IOException _ -> "input/output error";
      default -> INTERNAL;
    };
  }
}
