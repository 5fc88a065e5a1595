package io.jcri.oci.distribution.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.config.TransportSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialsTest {

  private static RegistryHost https(String host) {
    RegistryHost any = HostsConfig.fallback("x.example", TransportSettings.DEFAULT);
    return new RegistryHost(
        "https", host, "/v2", any.capabilities(), any.transport(), any.headers());
  }

  @ParameterizedTest
  @CsvSource({
    "'', quay.io, quay.io, true",
    "'', quay.io, QUAY.io, true",
    "'', quay.io, quay.io:443, true",
    "'', quay.io, quay.io:8443, false",
    "'', quay.io, mirror.example, false",
    "'', quay.io, evil-quay.io, false",
    "'', docker.io, registry-1.docker.io, true",
    "'', docker.io, mirror.example, false",
    "https://index.docker.io/v1/, docker.io, registry-1.docker.io, true",
    "https://index.docker.io/v1/, docker.io, mirror.example, false",
    "mirror.example, docker.io, mirror.example, true",
    "mirror.example, docker.io, registry-1.docker.io, false",
    "quay.io/team, quay.io, quay.io, true",
    "*.ecr.example, 1.ecr.example, 1.ecr.example, true",
    "*.ecr.example, 1.2.ecr.example, 1.2.ecr.example, false",
    "*.ecr.example, x.example, x.example, false",
    "a*z.ecr.example, abz.ecr.example, abz.ecr.example, true",
  })
  void credentialsAreForOneHost(String server, String registry, String host, boolean covered) {
    Credentials credentials = new Credentials("u", "p", "", "", "", server);
    assertThat(CredentialScope.covers(credentials, registry, https(host))).isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource({
    "https://auth.example/token, true",
    "http://auth.example/token, false",
    "http://127.0.0.1:1/token, true",
    "ftp://auth.example, false",
    "https://u:p@auth.example, false",
    "/token, false",
  })
  void tokenServersAreReachedOverTls(String realm, boolean safe) {
    assertThat(CredentialScope.isSafeRealm(URI.create(realm), https("x.example"))).isEqualTo(safe);
  }

  @Test
  void authIsTheOtherWayToSayNameAndPassword() {
    String auth = Base64.getEncoder().encodeToString("u:p:q\0\0".getBytes(StandardCharsets.UTF_8));
    assertThat(new Credentials("", "", auth, "", "", "").basic())
        .isEqualTo(Credentials.of("u", "p:q").basic());
    assertThat(Credentials.anonymous().basic()).isEmpty();
  }

  @Test
  void brokenAuthIsRefusedWithoutQuotingIt() {
    for (String auth : new String[] {"s3cret!", "czNjcmV0"}) {
      assertThatThrownBy(() -> new Credentials("", "", auth, "", "", "").basic())
          .hasMessageStartingWith("bad registry credentials")
          .hasMessageNotContaining(auth)
          .hasNoCause();
    }
    assertThat(Credentials.of("me", "s3cret").toString()).doesNotContain("me").doesNotContain("s3");
  }
}
