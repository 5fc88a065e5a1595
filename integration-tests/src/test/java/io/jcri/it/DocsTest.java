package io.jcri.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the documentation points to is there, and what it quotes is said. */
class DocsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
  private static final Pattern PAGE = Pattern.compile("`((?:[\\w.-]+/)*[\\w-]+\\.md)`");
  private static final Pattern QUOTE = Pattern.compile("(?m)^### ([^*\\n]+)$");

  /** Two literals of a source that make one text. */
  private static final Pattern JOINED = Pattern.compile("\"\\s*\\+\\s*\"");

  /** A piece of a quotation that is shorter says nothing. */
  private static final int TELLING = 8;

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      LINK.matcher(Files.readString(page))
          .results()
          .map(match -> match.group(1))
          .filter(target -> !target.contains("://"))
          .filter(target -> Files.notExists(page.resolveSibling(target)))
          .forEach(target -> broken.add(page + ": " + target));
    }
    assertThat(broken).isEmpty();
  }

  /** By its path in the repository, or its name beside the page that speaks of it. */
  @Test
  void everyPageThatIsNamedExists() throws IOException {
    Path root = Workspace.root();
    List<String> missing = new ArrayList<>();
    for (Path page : pages()) {
      PAGE.matcher(Files.readString(page))
          .results()
          .map(match -> match.group(1))
          .filter(name -> Files.notExists(page.resolveSibling(name)))
          .filter(name -> Files.notExists(root.resolve(name)))
          .forEach(name -> missing.add(page + ": " + name));
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void whatTroubleshootingQuotesIsSaidSomewhere() throws IOException {
    String said = JOINED.matcher(sources()).replaceAll("");
    List<String> unsaid = new ArrayList<>();
    List<String> quotes =
        QUOTE
            .matcher(
                Files.readString(
                    Workspace.root().resolve("runtime-daemon/docs/troubleshooting.md")))
            .results()
            .map(match -> match.group(1))
            .toList();
    for (String quote : quotes) {
      for (String piece : quote.split("…", -1)) {
        String text = piece.replaceAll("^[ :]+|[ :?]+$", "");
        if (text.length() >= TELLING && !said.contains(text)) {
          unsaid.add(quote + " lacks: " + text);
        }
      }
    }
    assertThat(quotes).hasSizeGreaterThan(10);
    assertThat(unsaid).isEmpty();
  }

  private static List<Path> pages() throws IOException {
    return files(".md");
  }

  private static String sources() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path source : files(".java")) {
      if (source.toString().contains("/src/main/java/")) {
        all.append(Files.readString(source));
      }
    }
    return all.toString();
  }

  /** What people have written, not what builds have made of it. */
  private static List<Path> files(String end) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        Workspace.root(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            return name.equals("target") || name.startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(end)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
