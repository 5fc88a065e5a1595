package io.jcri.daemon.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;

/** What completions of every shell tell of an option or an operand. */
final class CompletedValues {
  private CompletedValues() {}

  /** Whether it takes the name of a file or a folder. */
  static boolean areFiles(ArgSpec argument) {
    Class<?> type = type(argument);
    return type == Path.class || type == File.class;
  }

  /** All it may be, with blanks between, or nothing when that is not known. */
  static String words(ArgSpec argument) {
    List<String> words = new ArrayList<>();
    if (argument.completionCandidates() != null) {
      argument.completionCandidates().forEach(words::add);
    }
    if (words.isEmpty() && type(argument).isEnum()) {
      for (Object constant : type(argument).getEnumConstants()) {
        words.add(constant.toString());
      }
    }
    return String.join(" ", words);
  }

  /** Of each, where it may be repeated. */
  private static Class<?> type(ArgSpec argument) {
    Class<?>[] parts = argument.auxiliaryTypes();
    return parts.length > 0 ? parts[0] : argument.type();
  }

  static String firstSentence(String[] description) {
    return description.length == 0 ? "" : description[0].replaceFirst("[.;:](\\s.*)?$", "");
  }
}
