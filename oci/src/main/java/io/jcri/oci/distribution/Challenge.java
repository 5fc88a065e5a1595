package io.jcri.oci.distribution;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110 section 11.6.1).
 *
 * @param scheme lower case
 * @param parameters names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  /** All challenges of all header lines; what is no challenge is skipped. */
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> challenges = new ArrayList<>();
    for (String header : headers) {
      new Parser(header).into(challenges);
    }
    return challenges;
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    void into(List<Challenge> challenges) {
      String word = token();
      while (!word.isEmpty()) {
        Map<String, String> parameters = new TreeMap<>();
        String next = "";
        skip(" ,\t");
        for (String name = token(); !name.isEmpty(); name = token()) {
          skip(" \t");
          if (at >= text.length() || text.charAt(at) != '=') {
            next = name; // no parameter: the next challenge's scheme
            break;
          }
          at++;
          skip(" \t");
          parameters.put(name.toLowerCase(Locale.ROOT), value());
          skip(" ,\t");
        }
        challenges.add(new Challenge(word.toLowerCase(Locale.ROOT), Map.copyOf(parameters)));
        word = next;
      }
    }

    private void skip(String these) {
      while (at < text.length() && these.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private String token() {
      skip(" ,\t");
      int from = at;
      while (at < text.length() && " ,\t=\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(from, at);
    }

    private String value() {
      if (at >= text.length() || text.charAt(at) != '"') {
        return token();
      }
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
  }
}
