package io.jcri.daemon.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of names with the meaning that containerd's configuration gives it (Go's {@code
 * path.Match}): {@code *} stands for any characters but a slash, {@code ?} for one, {@code [a-z]}
 * and {@code [^a-z]} for one of a set, and a backslash takes its meaning from the next character.
 */
public final class NamePattern {
  /** Elements in a row, behind a star or not; a star is where a match may start later. */
  private record Chunk(boolean star, List<Element> elements) {}

  private sealed interface Element {}

  private record Literal(int character) implements Element {}

  private record AnyButSlash() implements Element {}

  private record OneOf(boolean negated, List<Range> ranges) implements Element {}

  private record Range(int first, int last) {}

  private final List<Chunk> chunks;

  private NamePattern(List<Chunk> chunks) {
    this.chunks = chunks;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static NamePattern parse(String pattern) {
    return new NamePattern(new Parser(pattern).chunks());
  }

  /** Whether all of the name matches. */
  public boolean matches(String name) {
    int[] text = name.codePoints().toArray();
    int at = 0;
    for (int i = 0; i < chunks.size(); i++) {
      at = next(chunks.get(i), text, at, i == chunks.size() - 1);
      if (at < 0) {
        return false;
      }
    }
    return at == text.length;
  }

  /** Where the text goes on behind the chunk; negative when it is not there. */
  private static int next(Chunk chunk, int[] text, int from, boolean last) {
    for (int start = from; start <= text.length; start++) {
      int end = end(chunk.elements, text, start);
      if (end >= 0 && (!last || end == text.length)) {
        return end;
      }
      if (!chunk.star || (start < text.length && text[start] == '/')) {
        return -1;
      }
    }
    return -1;
  }

  private static int end(List<Element> elements, int[] text, int start) {
    if (text.length - start < elements.size()) {
      return -1;
    }
    int at = start;
    for (Element element : elements) {
      if (!fits(element, text[at++])) {
        return -1;
      }
    }
    return at;
  }

  private static boolean fits(Element element, int character) {
    return switch (element) {
      case Literal literal -> literal.character == character;
      case AnyButSlash _ -> character != '/';
      case OneOf set ->
          set.negated
              != set.ranges.stream().anyMatch(r -> r.first <= character && character <= r.last);
    };
  }

  private static final class Parser {
    private final String pattern;
    private final int[] text;
    private int at;

    Parser(String pattern) {
      this.pattern = pattern;
      this.text = pattern.codePoints().toArray();
    }

    List<Chunk> chunks() {
      List<Chunk> chunks = new ArrayList<>();
      while (at < text.length) {
        boolean star = false;
        while (at < text.length && text[at] == '*') {
          star = true;
          at++;
        }
        List<Element> elements = new ArrayList<>();
        while (at < text.length && text[at] != '*') {
          elements.add(element());
        }
        chunks.add(new Chunk(star, List.copyOf(elements)));
      }
      return List.copyOf(chunks);
    }

    private Element element() {
      return switch (text[at]) {
        case '?' -> {
          at++;
          yield new AnyButSlash();
        }
        case '[' -> {
          at++;
          yield set();
        }
        default -> new Literal(character());
      };
    }

    private OneOf set() {
      boolean negated = at < text.length && text[at] == '^';
      if (negated) {
        at++;
      }
      List<Range> ranges = new ArrayList<>();
      while (at < text.length && (text[at] != ']' || ranges.isEmpty())) {
        int first = member();
        int last = first;
        if (at < text.length && text[at] == '-') {
          at++;
          last = member();
        }
        ranges.add(new Range(first, last));
      }
      if (at == text.length) {
        throw bad("a [ without its ]");
      }
      at++;
      return new OneOf(negated, List.copyOf(ranges));
    }

    private int member() {
      if (at == text.length || text[at] == '-' || text[at] == ']') {
        throw bad("an empty place in its [ ]");
      }
      return character();
    }

    private int character() {
      if (text[at] == '\\') {
        at++;
        if (at == text.length) {
          throw bad("a backslash at its end");
        }
      }
      return text[at++];
    }

    private IllegalArgumentException bad(String what) {
      return new IllegalArgumentException(
          "has \"%s\", which is no pattern: it has %s".formatted(pattern, what));
    }
  }
}
