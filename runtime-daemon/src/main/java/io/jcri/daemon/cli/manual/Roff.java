package io.jcri.daemon.cli.manual;

/** Text in the language of manual pages, man(7). For one thread. */
final class Roff {
  private final StringBuilder text = new StringBuilder();

  /** The page's heading; the name is printed in capitals. */
  Roff title(String name, int section, String source, String volume) {
    return line(
        ".TH \"%s\" %d \"\" \"%s\" \"%s\""
            .formatted(name.toUpperCase(java.util.Locale.ROOT), section, source, volume));
  }

  Roff section(String name) {
    return line(".SH \"" + escaped(name.toUpperCase(java.util.Locale.ROOT)) + "\"");
  }

  Roff subsection(String name) {
    return line(".SS \"" + escaped(name) + "\"");
  }

  /** A paragraph of its own. */
  Roff paragraph(String words) {
    return line(".PP").words(words);
  }

  /** What a list item is about; {@link #words} say the rest. */
  Roff item(String tag) {
    return line(".TP").line("\\fB" + escaped(tag) + "\\fR");
  }

  /** One more tag of the item that was begun last, before its words. */
  Roff also(String tag) {
    return line(".TQ").line("\\fB" + escaped(tag) + "\\fR");
  }

  /** Running text. */
  Roff words(String words) {
    return words.isBlank() ? this : line(protectedStart(escaped(words.strip())));
  }

  /** A line or more to be shown as it is. */
  Roff example(String lines) {
    line(".PP").line(".EX");
    lines.lines().forEach(one -> line(protectedStart("    " + escaped(one))));
    return line(".EE");
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private Roff line(String line) {
    text.append(line).append('\n');
    return this;
  }

  private static String escaped(String words) {
    return words.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
  }

  /** A line that begins like a request would be taken for one. */
  private static String protectedStart(String line) {
    return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
  }
}
