package io.jcri.oci.distribution.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerUriTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '`',
      value = {
        // What is right stays, byte for byte: a signature may be over it.
        "https://h/a/../b//c/./%2f%2F?x=%7e&y=a+b/?c: https://h/a/../b//c/./%2f%2F?x=%7e&y=a+b/?c:",
        "https://h/a?x=[1] https://h/a?x=[1]",
        "https://h?q https://h?q",
        "https://h https://h",
        "HTTPS://H.x:443/A https://H.x:443/A",
        "https://h:/a https://h/a",
        "http://[::1]:5000/a http://[::1]:5000/a",
        // What is wrong is encoded.
        "https://h/a|b?f=x|y https://h/a%7Cb?f=x%7Cy",
        "https://h/{a}?f={\"x\":\"^\\\\\"} https://h/%7Ba%7D?f=%7B%22x%22:%22%5E%5C%5C%22%7D",
        "https://h/a[1]?<>` https://h/a%5B1%5D?%3C%3E%60",
        "https://h/%zz?a=%&b=%4&c=%41 https://h/%25zz?a=%25&b=%254&c=%41",
        "https://h/a?b#c?d|#e https://h/a?b",
        "https://my_host:5000/a https://my_host:5000/a",
      })
  void whatUriRefusesIsEncodedAndNothingElse(String sent, String read) {
    assertThat(ServerUri.ofHeader(sent)).hasToString("Optional[" + read + "]");
  }

  @Test
  void bytesBeyondAsciiAreEncodedAsTheyCame() {
    // Java's client gives each byte of a header as one character.
    String header =
        new String("https://h/é?q=日".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(ServerUri.ofHeader(header)).contains(URI.create("https://h/%C3%A9?q=%E6%97%A5"));
    assertThat(ServerUri.ofHeader("https://h/\u00e9")).contains(URI.create("https://h/%E9"));
    assertThat(ServerUri.ofText("https://h/é?q=日"))
        .contains(URI.create("https://h/%C3%A9?q=%E6%97%A5"));
    assertThat(ServerUri.ofText("https://bücher.example/a b "))
        .contains(URI.create("https://xn--bcher-kva.example/a%20b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "h/a",
        "ftp://h/a",
        "file:///etc/passwd",
        "https:///a",
        "https://u@h/a",
        "https://u:p@h/a",
        "https://good.example\\@evil.example/",
        "https://h:99999/",
        "https://h:x/",
        "https://[::1/",
        "https://[:21]:5000/",
        "https://[1:2]/",
        "https://a b/",
        "https://h%2e/",
        "https://h/a\r\nX: y",
        "https://h/\u0000",
        "https://h/\u007f",
      })
  void whatIsNoUrlOfAHostIsRefused(String sent) {
    assertThat(ServerUri.ofHeader(sent)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://o/x?y|z, https://o/x?y%7Cz",
    "//o:1/x, http://o:1/x",
    "/x/../y?{}, http://h:5000/x/../y?%7B%7D",
    "?s=|, http://h:5000/v2/a/b?s=%7C",
    "c/d, http://h:5000/v2/a/c/d",
    "../c?d/../e, http://h:5000/v2/c?d/../e",
    "c:5000/d, ''",
    "../../../../c, ''",
    "mailto:x, ''",
    "'', http://h:5000/v2/a/b?q=1",
  })
  void aLocationMayBeRelative(String location, String target) {
    URI from = URI.create("http://h:5000/v2/a/b?q=1");
    assertThat(ServerUri.resolve(from, location).map(URI::toString).orElse("")).isEqualTo(target);
  }
}
