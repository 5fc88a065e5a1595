package io.jcri.oci.manifest;

import io.jcri.oci.OciException;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * The grammar of references, that of the distribution project's {@code reference} package. Lengths
 * are checked before any pattern runs, so a hostile name costs nothing.
 */
final class ReferenceGrammar {

  private static final int MAX_TEXT = 4096;
  private static final int MAX_NAME = 255;

  private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?:"
              + LABEL
              + "(?:\\."
              + LABEL
              + ")*|\\[[a-fA-F0-9:]+(?:%25[a-zA-Z0-9._~-]+)?\\])(?::[0-9]{1,5})?");
  private static final Pattern COMPONENT =
      Pattern.compile("[a-z0-9]++(?:(?:\\.|__|_|-++)[a-z0-9]++)*+");
  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");
  private static final Pattern IMAGE_ID = Pattern.compile("[a-f0-9]{64}");

  private ReferenceGrammar() {}

  static void checkLength(String text) {
    if (text.isEmpty()) {
      throw invalid(text, "it is empty");
    }
    if (text.length() > MAX_TEXT) {
      throw invalid(text, text.length() + " characters, the limit is " + MAX_TEXT);
    }
  }

  /**
   * Whether the part before the first slash is a host and not the first folder of a path on Docker
   * Hub.
   */
  static boolean looksLikeRegistry(String first) {
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || first.chars().anyMatch(Character::isUpperCase);
  }

  static boolean isImageId(String name) {
    return IMAGE_ID.matcher(name).matches();
  }

  static void checkRegistry(String registry, String text) {
    if (registry.length() > MAX_NAME
        || !REGISTRY.matcher(registry).matches()
        || !isNameOrAddress(registry)) {
      throw invalid(text, "bad registry host \"" + brief(registry) + "\"");
    }
    int colon = registry.lastIndexOf(':');
    if (colon > registry.lastIndexOf(']')
        && Integer.parseInt(registry.substring(colon + 1)) > 65535) {
      throw invalid(text, "bad port in \"" + registry + "\"");
    }
  }

  /** The pattern takes more for an address and its zone than what a URL may hold. */
  private static boolean isNameOrAddress(String registry) {
    try {
      return !registry.startsWith("[") || URI.create("https://" + registry).getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  static void checkRepository(String repository, String text) {
    if (repository.length() > MAX_NAME) {
      throw invalid(
          text,
          "the repository has " + repository.length() + " characters, the limit is " + MAX_NAME);
    }
    for (String component : repository.split("/", -1)) {
      if (!COMPONENT.matcher(component).matches()) {
        boolean upper = component.chars().anyMatch(Character::isUpperCase);
        throw invalid(
            text,
            "bad repository part \"" + component + "\"" + (upper ? ", it must be lower case" : ""));
      }
    }
  }

  static void checkTag(String tag, String text) {
    if (!TAG.matcher(tag).matches()) {
      throw invalid(text, "bad tag \"" + brief(tag) + "\"");
    }
  }

  static OciException invalid(String text, String why) {
    return new OciException(
        OciException.Kind.INVALID, "bad image reference \"" + brief(text) + "\": " + why);
  }

  private static String brief(String text) {
    return text.length() > 300 ? text.substring(0, 300) + "..." : text;
  }
}
