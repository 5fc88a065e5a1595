package io.jcri.daemon.cli.manual;

import java.util.ArrayList;
import java.util.List;

/**
 * The page jcri-config(5): the default file, each comment before its keys made their description.
 */
public final class ConfigPage {
  private final Roff page = new Roff();
  private final StringBuilder comment = new StringBuilder();
  private final List<String> keys = new ArrayList<>();

  private ConfigPage() {}

  /**
   * Makes the page.
   *
   * @param defaults the text of the default configuration
   */
  public static String of(String defaults, String version) {
    return new ConfigPage().write(defaults, version);
  }

  private String write(String defaults, String version) {
    page.title("jcri-config", 5, "jcri " + version, "File formats");
    page.section("Name").words("jcri-config - configuration of the container runtime jcri");
    page.section("Synopsis").words("/etc/jcri/config.toml");
    page.section("Description");
    defaults.lines().map(String::strip).forEach(this::line);
    flush();
    page.section("See also").words("jcri(8)");
    return page.toString();
  }

  private void line(String line) {
    if (line.startsWith("#")) {
      if (!keys.isEmpty()) {
        flush();
      }
      comment.append(line.substring(1).strip()).append(' ');
    } else if (line.startsWith("[")) {
      String words = comment.toString();
      comment.setLength(0);
      flush();
      page.subsection(line).words(words);
    } else if (!line.isEmpty()) {
      keys.add(line);
    } else {
      flush();
    }
  }

  private void flush() {
    if (keys.isEmpty()) {
      if (!comment.isEmpty()) {
        page.paragraph(comment.toString());
      }
    } else {
      page.item(keys.getFirst());
      keys.stream().skip(1).forEach(page::also);
      page.words(comment.toString());
    }
    keys.clear();
    comment.setLength(0);
  }
}
