package io.jcri.daemon.migrate;

import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The configuration in the making. Each piece is tried with the daemon's own reader before it is
 * taken: one that it refuses is told with the reader's reason, and one that says no more than
 * jcri's defaults is left away. So the whole is always one that the daemon starts with.
 */
final class Draft {
  /** One key of jcri's with its value as TOML. */
  record Line(String key, String value) {}

  /**
   * Keys that belong together.
   *
   * @param table as TOML writes its name; empty for the top of the file
   * @param sources what they are made of
   */
  record Piece(String table, List<Line> lines, List<Setting> sources) {
    Piece {
      lines = List.copyOf(lines);
      sources = List.copyOf(sources);
    }

    /** Without comments. */
    String text() {
      StringBuilder text = new StringBuilder();
      if (!table.isEmpty()) {
        text.append('[').append(table).append("]\n");
      }
      lines.forEach(line -> text.append(line.key).append(" = ").append(line.value).append('\n'));
      return text.toString();
    }
  }

  private static final Pattern LINE = Pattern.compile("(?:^|(?<=; )):[0-9]+: ");

  private final List<Piece> pieces = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();

  /** One key of one setting. */
  void set(String table, String key, Object value, Setting source) {
    add(new Piece(table, List.of(new Line(key, TomlText.value(value))), List.of(source)), "", "");
  }

  void add(Piece piece) {
    add(piece, "", "");
  }

  /**
   * Takes a piece, or tells why not.
   *
   * @param context what else the daemon's reader must see to judge it
   * @param remark what is told behind the reader's reason
   */
  void add(Piece piece, String context, String remark) {
    for (Line line : piece.lines) {
      if (taken.contains(piece.table + "." + line.key)) {
        lose(piece, "jcri's key " + line.key + " has its value from another setting");
        return;
      }
    }
    try {
      DaemonConfig alone = ConfigFile.parse(piece.text() + context, "");
      DaemonConfig without =
          context.isEmpty() ? DaemonConfig.defaults() : ConfigFile.parse(context, "");
      if (!alone.equals(without)) {
        piece.lines.forEach(line -> taken.add(piece.table + "." + line.key));
        pieces.add(piece);
      }
    } catch (ConfigException | IllegalArgumentException e) {
      String reason = LINE.matcher(String.valueOf(e.getMessage())).replaceAll("");
      lose(piece, "jcri's " + TomlText.visible(reason) + remark);
    }
  }

  private void lose(Piece piece, String reason) {
    piece.sources.forEach(source -> lose(source, reason));
  }

  /** Tells of something that is other than it was. */
  void lose(Setting setting, String reason) {
    findings.add(Finding.of(setting, reason, Finding.Weight.LEFT_OUT));
  }

  /** Tells of something that jcri has no use for. */
  void spare(Setting setting, String reason) {
    findings.add(Finding.of(setting, reason, Finding.Weight.NOT_NEEDED));
  }

  /** Tells what is to be known of something that is carried over. */
  void note(Setting setting, String reason) {
    findings.add(Finding.of(setting, reason, Finding.Weight.NOTE));
  }

  void tell(Finding finding) {
    findings.add(finding);
  }

  List<Piece> pieces() {
    return List.copyOf(pieces);
  }

  List<Finding> findings() {
    return findings.stream().distinct().toList();
  }

  /** The handlers so far, for {@link #add(Piece, String, String)}. */
  String handlers() {
    StringBuilder text = new StringBuilder();
    pieces.stream()
        .filter(piece -> piece.table.startsWith("handlers."))
        .forEach(piece -> text.append(piece.text()));
    return text.toString();
  }
}
