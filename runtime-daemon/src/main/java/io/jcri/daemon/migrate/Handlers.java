package io.jcri.daemon.migrate;

import java.util.List;

/** Handlers in the making, whatever the source. */
final class Handlers {
  /** More than a node has; each is tried by itself. */
  static final int MOST = 256;

  private Handlers() {}

  static void add(String name, List<Draft.Line> lines, List<Setting> sources, Draft draft) {
    if (draft.pieces().size() >= MOST) {
      sources.forEach(one -> draft.lose(one, "more than " + MOST + " runtimes are not looked at"));
    } else {
      draft.add(new Draft.Piece("handlers." + TomlText.key(name), lines, sources));
    }
  }

  /** The handler of pods that name none; it must be one of those that have been taken. */
  static void standard(String name, Setting source, Draft draft) {
    Draft.Line line = new Draft.Line("default_handler", TomlText.text(name));
    draft.add(new Draft.Piece("", List.of(line), List.of(source)), draft.handlers(), "");
  }
}
