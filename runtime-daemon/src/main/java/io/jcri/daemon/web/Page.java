package io.jcri.daemon.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/**
 * The one page, which has no secret.
 *
 * @param policy the Content-Security-Policy under which nothing but its own script and style counts
 */
record Page(String html, String policy) {
  private static final String NAME = "page.html";

  static Page load() throws IOException {
    try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(NAME), NAME)) {
      String html = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Page(html, policy(html));
    }
  }

  static String policy(String html) {
    return "default-src 'none'; script-src '%s'; style-src '%s'; connect-src 'self'; img-src data:;"
            .formatted(hash(html, "script"), hash(html, "style"))
        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  /** Of what lies between the tags, as a browser counts it. */
  private static String hash(String html, String tag) {
    String start = "<" + tag + ">";
    int from = html.indexOf(start) + start.length();
    String content = html.substring(from, html.indexOf("</" + tag + ">", from));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java has SHA-256", e);
    }
  }
}
