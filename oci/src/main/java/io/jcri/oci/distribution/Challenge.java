package io.jcri.oci.distribution;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110, 11.6.1).
 *
 * @param scheme lower case, such as {@code bearer}
 * @param parameters by lower-case name
 */
record Challenge(String scheme, Map<String, String> parameters) {

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  /**
   * Reads all challenges of all headers. What breaks the grammar is skipped: it comes from outside.
   */
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> found = new ArrayList<>();
    headers.forEach(header -> new Parser(header).into(found));
    return found;
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    /**
     * Challenges and parameters are both divided by commas: a token without an equals sign behind
     * it begins a challenge.
     */
    void into(List<Challenge> found) {
      Map<String, String> parameters = Map.of();
      while (skipSeparators()) {
        String token = token();
        if (token.isEmpty()) {
          at++;
          continue;
        }
        int behind = at;
        skipSpaces();
        if (peek('=')) {
          at++;
          skipSpaces();
          String value = peek('"') ? quoted() : token();
          if (!found.isEmpty() && parameters instanceof LinkedHashMap) {
            parameters.putIfAbsent(token.toLowerCase(Locale.ROOT), value);
          }
        } else {
          at = behind;
          parameters = new LinkedHashMap<>();
          found.add(new Challenge(token.toLowerCase(Locale.ROOT), parameters));
        }
      }
    }

    private boolean skipSeparators() {
      while (at < text.length() && (text.charAt(at) == ',' || isSpace(text.charAt(at)))) {
        at++;
      }
      return at < text.length();
    }

    private void skipSpaces() {
      while (at < text.length() && isSpace(text.charAt(at))) {
        at++;
      }
    }

    private boolean peek(char wanted) {
      return at < text.length() && text.charAt(at) == wanted;
    }

    private String token() {
      int start = at;
      while (at < text.length()
          && !isSpace(text.charAt(at))
          && ",=\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at));
      }
      at++;
      return value.toString();
    }

    private static boolean isSpace(char c) {
      return c == ' ' || c == '\t';
    }
  }
}
