package io.jcri.oci.distribution.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of Go's {@code golang.org/x/net/http/httpproxy}, and more. */
class EnvironmentProxyTest {

  private static final String NO_PROXY =
      "foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80,"
          + " 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80,"
          + " 2002:db8:a::45/64, host:5000, *.star.io:81, 172.16.0.0/12, 1.2.3.4/33, /8, :1, ,"
          + " 300.1.1.1, 01.2.3.4";

  private static String proxy(Map<String, String> environment, String uri) {
    Proxy chosen = new EnvironmentProxy(environment).select(URI.create(uri)).getFirst();
    String name = chosen.equals(Proxy.NO_PROXY) ? "" : String.valueOf(chosen.address());
    return name.replace("/<unresolved>", "");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8080, 127.0.0.1:8080",
    "cache.corp.example.com:1234, cache.corp.example.com:1234",
    "cache.corp.example.com, cache.corp.example.com:80",
    "localhost, localhost:80",
    "my_proxy:3128/, my_proxy:3128",
    "http://127.0.0.1:8080, 127.0.0.1:8080",
    "HTTP://u:p@127.0.0.1:8080/x?y, 127.0.0.1:8080",
    "u:p@cache:1, cache:1",
    "'http://[2001:db8::1]:3128', 2001:db8::1:3128",
  })
  void aProxyIsAUrlOrHostAndPort(String value, String address) {
    assertThat(proxy(Map.of("HTTP_PROXY", value), "http://example.com")).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource({
    "http://insecure.tld/, plain:80",
    "https://secure.tld/, secure:80",
  })
  void eachSchemeHasItsOwn(String uri, String address) {
    assertThat(proxy(Map.of("HTTP_PROXY", "plain", "HTTPS_PROXY", "secure"), uri))
        .isEqualTo(address);
    assertThat(proxy(Map.of("HTTP_PROXY", "plain"), "https://secure.tld/")).isEmpty();
    assertThat(proxy(Map.of(), uri)).isEmpty();
  }

  @Test
  void theLowerCaseFormCountsFirst() {
    Map<String, String> both =
        Map.of(
            "http_proxy", "lower",
            "HTTP_PROXY", "upper",
            "no_proxy", "lower.example",
            "NO_PROXY", "upper.example");
    assertThat(proxy(both, "http://upper.example")).isEqualTo("lower:80");
    assertThat(proxy(both, "http://lower.example")).isEmpty();
    assertThat(proxy(Map.of("http_proxy", "", "HTTP_PROXY", "upper"), "http://x"))
        .isEqualTo("upper:80");
  }

  @Test
  void aCgiProcessUsesNoHttpProxyOfItsClient() {
    Map<String, String> cgi =
        Map.of("HTTP_PROXY", "10.1.2.3", "HTTPS_PROXY", "secure", "REQUEST_METHOD", "GET");
    assertThatThrownBy(() -> proxy(cgi, "http://example.com")).hasMessageContaining("CGI");
    assertThat(proxy(cgi, "https://example.com")).isEqualTo("secure:80");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, false",
    "127.0.0.1, false",
    "127.0.0.2, false",
    "[::1], false",
    "[::2], true",
    "192.168.1.1, false",
    "192.168.1.2, true",
    "192.168.1.2:81, false",
    "192.168.1.3, false",
    "192.168.1.4, true",
    "10.0.0.2, false",
    "10.0.0.4, true",
    "172.31.255.255:5000, false",
    "172.32.0.1, true",
    "1.2.3.4, true",
    "300.1.1.1, false",
    "[2001:db8::52:0:1], false",
    "[2001:db8::52:0:2], true",
    "[2001:db8::52:0:2]:443, false",
    "[2001:db8::52:0:3], false",
    "[2002:db8:a::123], false",
    "[2002:db8:b::123], true",
    "[fe80::424b:c8be:1643:a1b6], true",
    "barbaz.net, true",
    "www.barbaz.net, false",
    "foobar.com, false",
    "FooBar.com:8080, false",
    "www.foobar.com, false",
    "foofoobar.com, true",
    "baz.com, true",
    "localhost.net, true",
    "local.localhost, true",
    "barbarbaz.net, true",
    "wildcard.io, true",
    "nested.wildcard.io, false",
    "awildcard.io, true",
    "host:5000, false",
    "host:5001, true",
    "a.star.io:81, false",
    "a.star.io, true",
  })
  void noProxyIsReadAsGoReadsIt(String host, boolean proxied) {
    Map<String, String> environment = Map.of("HTTP_PROXY", "proxy", "NO_PROXY", NO_PROXY);
    assertThat(!proxy(environment, "http://" + host).isEmpty()).isEqualTo(proxied);
    assertThat(proxy(Map.of("HTTP_PROXY", "proxy", "NO_PROXY", "x, *"), "http://" + host))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, http://example.com/, ''",
    ".example.com, http://example.com/, proxy:80",
    "ample.com, http://example.com/, proxy:80",
    "example.com, http://foo.example.com/, ''",
    ".foo.com, http://example.com/, proxy:80",
    ".示例.com, http://www.xn--fsq092h.com, ''",
    "xn--fsq092h.com, http://www.xn--fsq092h.com, ''",
    "示例.com, http://xn--fsq092h.com, ''",
    ":1, http://example.com/, proxy:80",
    "'192.168.1.0/24', http://my_host/, proxy:80",
    "my_host, http://my_host:5000/, ''",
    "10.0.0.0/0, http://11.1.1.1/, ''",
  })
  void domainsMatchByLabels(String noProxy, String uri, String address) {
    assertThat(proxy(Map.of("HTTP_PROXY", "proxy", "NO_PROXY", noProxy), uri)).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource({
    "http://me:s3cret@p:1, me:s3cret",
    "me:s3cret@p:1, me:s3cret",
    "http://me@p, me:",
    "http://a%40b:x%3Ay%2Fz%25+%zz@p, a@b:x:y/z%+%zz",
    "http://%C3%A9:%E2%82%AC@p, é:€",
    "http://a@b:c@p, a@b:c",
  })
  void userAndPasswordArePercentEncoded(String value, String pair) throws IOException {
    EnvironmentProxy proxy = new EnvironmentProxy(Map.of("HTTPS_PROXY", value));
    assertThat(proxy.authorization(URI.create("https://example.com")))
        .contains(
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    assertThat(proxy.authorization(URI.create("http://example.com"))).isEmpty();
    assertThat(proxy.authorization(URI.create("https://localhost:5000"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://u:s3cret@p:3128",
        "socks5://u:s3cret@p",
        "foo://u:s3cret@p",
        "http://u:s3cret@",
        "http://u:s3cret@p:99999",
        "http://u:s3cret@p:x",
        "http://u:s3cret@a b",
      })
  void whatCannotBeUsedIsToldWithoutItsText(String value) {
    EnvironmentProxy proxy = new EnvironmentProxy(Map.of("HTTPS_PROXY", value));
    assertThatThrownBy(() -> proxy.authorization(URI.create("https://example.com")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("https_proxy")
        .hasMessageNotContaining("s3cret");
  }
}
