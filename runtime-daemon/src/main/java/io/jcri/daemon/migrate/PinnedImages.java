package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.List;

/**
 * The images that are never offered for garbage collection, in one list; jcri takes whole names.
 */
final class PinnedImages {
  private PinnedImages() {}

  static void carry(List<Setting> settings, Draft draft) {
    List<String> names = new ArrayList<>();
    List<Setting> sources = new ArrayList<>();
    for (Setting setting : settings) {
      List<String> whole = setting.texts().stream().filter(name -> !name.contains("*")).toList();
      if (whole.size() < setting.texts().size()) {
        draft.lose(setting, "jcri pins images by their whole names; those with a * are left out");
      }
      if (!whole.isEmpty() && !setting.idle()) {
        names.addAll(whole);
        sources.add(setting);
      }
    }
    if (!names.isEmpty()) {
      Draft.Line line = new Draft.Line("pinned", TomlText.value(names));
      draft.add(new Draft.Piece("images", List.of(line), sources));
    }
  }
}
