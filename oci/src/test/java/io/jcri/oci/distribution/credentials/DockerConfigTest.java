package io.jcri.oci.distribution.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.config.TransportSettings;
import io.jcri.oci.distribution.credentials.DockerConfig.Place;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerConfigTest {

  private static RegistryHost host(String name) {
    return HostsConfig.fallback(name, TransportSettings.DEFAULT);
  }

  private static DockerConfig parse(String json) {
    return DockerConfig.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  /** User names, and helpers with the server that they are asked for. */
  private static List<String> places(String json, String host, String repository) {
    return parse(json).placesFor(host(host), repository).stream()
        .map(place ->
            switch (place) {
              case Place.Here here -> here.credentials().username();
              case Place.Helper helper -> helper.name() + " " + helper.server();
            })
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "https://index.docker.io/v1/, docker.io, library/busybox, true",
    "https://index.docker.io/v1/, mirror.example, library/busybox, false",
    "index.docker.io, docker.io, a/b, true",
    "docker.io, docker.io, a/b, true",
    "registry-1.docker.io, docker.io, a/b, true",
    "docker.io/a, docker.io, a/b, true",
    "https://docker.io/v2/a/, docker.io, a/b, true",
    "docker.io/a, docker.io, ab/b, false",
    "docker.io/a/b/c, docker.io, a/b, false",
    "r.example, r.example, a, true",
    "R.Example, r.example, a, true",
    "https://r.example, r.example, a, true",
    "http://r.example/v2/, r.example, a, true",
    "r.example:443, r.example, a, true",
    "r.example:5000, r.example, a, false",
    "r.example, r.example:5000, a, false",
    "r.example:5000/a, r.example:5000, a, true",
    "r.example/v2x, r.example, v2x/a, true",
    "evil-r.example, r.example, a, false",
    "example, r.example, a, false",
    "*.example, r.example, a, true",
    "*.example/a, r.example, a/b, true",
    "*.example, a.r.example, a, false",
    "*, r.example, a, false",
    "'', r.example, a, false",
    "/a, r.example, a, false",
  })
  void aKeyIsForItsHostAndWhatIsBelowItsPath(
      String key, String host, String repository, boolean covered) {
    String json = "{\"auths\":{\"" + key + "\":{\"username\":\"me\",\"password\":\"x\"}}}";
    assertThat(places(json, host, repository)).hasSize(covered ? 1 : 0);
  }

  @Test
  void theMostSpecificComesFirst() {
    String json =
        """
        {"auths": {
           "r.example":         {"username": "host"},
           "*.example":         {"username": "star"},
           "*.example/a/b":     {"username": "deep star"},
           "r.example/a":       {"username": "team"},
           "r.example/a/b":     {"username": "deep"},
           "r.example/a/other": {"username": "other"},
           "r.example/empty":   {},
           "none.example":      null},
         "credHelpers": {"r.example": "own", "r.example/a": "team", "x.example": "x", "y": ""},
         "credsStore": "all",
         "HttpHeaders": {"User-Agent": "ignored"}}
        """;
    assertThat(places(json, "r.example", "a/b/c"))
        .containsExactly(
            "deep",
            "deep star",
            "team r.example",
            "team",
            "own r.example",
            "all r.example",
            "host",
            "star");
    assertThat(places(json, "r.example", "empty")).first().isEqualTo("own r.example");
    assertThat(places(json, "none.example", "a")).containsExactly("all none.example", "star");
    assertThat(places("{}", "r.example", "a")).isEmpty();
    assertThat(places("{\"credsStore\":\"\"}", "r.example", "a")).isEmpty();
  }

  @Test
  void helpersHearOfDockerHubByItsOldName() {
    assertThat(places("{\"credsStore\":\"all\"}", "docker.io", "a"))
        .containsExactly("all https://index.docker.io/v1/");
    assertThat(
            places("{\"credHelpers\":{\"https://index.docker.io/v1/\":\"hub\"}}", "docker.io", "a"))
        .containsExactly("hub https://index.docker.io/v1/");
  }

  @Test
  void everyFieldIsRead() {
    String json =
        """
        {"auths": {"r.example": {"auth": "bWU6c2VjcmV0", "email": "ignored",
           "identitytoken": "id", "registrytoken": "rt"}}}
        """;
    List<Place> places = parse(json).placesFor(host("r.example"), "a");
    assertThat(places)
        .containsExactly(
            new Place.Here("r.example", new Credentials("", "", "bWU6c2VjcmV0", "id", "rt", "")));
    assertThat(places.toString()).doesNotContain("bWU6");
    assertThat(parse(json).toString()).doesNotContain("bWU6").doesNotContain("id,");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{", "{\"auths\":\"s3cret\"}", "{\"auths\":{\"a\":\"s3cret\"}}"})
  void whatIsNoSuchFileIsRefusedWithoutQuotingIt(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(OciException.class)
        .hasMessageContaining("auths")
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }
}
