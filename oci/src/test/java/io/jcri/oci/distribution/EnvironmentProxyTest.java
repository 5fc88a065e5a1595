package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentProxyTest {

  private static final EnvironmentProxy PROXY =
      new EnvironmentProxy(
          Map.of(
              "HTTPS_PROXY", "http://secure.proxy:3128",
              "http_proxy", "plain.proxy",
              "NO_PROXY", "corp.example, .dot.example,*.star.example,10.0.0.1,host:5000"));

  @ParameterizedTest
  @CsvSource({
    "https://quay.io, secure.proxy:3128",
    "http://quay.io, plain.proxy:80",
    "https://corp.example, ''",
    "https://a.corp.example, ''",
    "https://xcorp.example, secure.proxy:3128",
    "https://a.dot.example, ''",
    "https://a.star.example, ''",
    "https://10.0.0.1:5000, ''",
    "https://host:5000, ''",
    "https://host:5001, secure.proxy:3128",
    "http://localhost:5000, ''",
    "http://127.0.0.1:5000, ''",
    "http://[::1]:5000, ''",
  })
  void theProxyIsTheOneThatTheEnvironmentNames(String uri, String proxy) {
    Proxy chosen = PROXY.select(URI.create(uri)).getFirst();
    String name = chosen.equals(Proxy.NO_PROXY) ? "" : String.valueOf(chosen.address());
    assertThat(name.replace("/<unresolved>", "")).isEqualTo(proxy);
  }

  @Test
  void withoutVariablesThereIsNone() {
    assertThat(new EnvironmentProxy(Map.of()).select(URI.create("https://quay.io")))
        .containsExactly(Proxy.NO_PROXY);
    assertThat(
            new EnvironmentProxy(Map.of("https_proxy", "x", "no_proxy", "*"))
                .select(URI.create("https://quay.io")))
        .containsExactly(Proxy.NO_PROXY);
  }
}
