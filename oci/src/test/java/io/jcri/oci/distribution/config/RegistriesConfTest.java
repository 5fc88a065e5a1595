package io.jcri.oci.distribution.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistriesConfTest {

  private static final String DIGEST = "@sha256:" + "ab".repeat(32);

  @TempDir Path root;

  private RegistriesConf conf(String toml) throws IOException {
    Path file = root.resolve("registries.conf");
    Files.writeString(file, toml);
    return new RegistriesConf(file);
  }

  private void dropIn(String name, String toml) throws IOException {
    Path directory = Files.createDirectories(root.resolve("registries.conf.d"));
    Files.writeString(directory.resolve(name), toml);
  }

  /** Each as {@code scheme://host/repository}, with ! when certificates are not checked. */
  private List<String> asked(RegistriesConf conf, String reference) {
    ImageReference parsed = ImageReference.parse(reference);
    return conf.hostsFor(parsed, new HostsConfig(List.of(root.resolve("certs.d")))).stream()
        .map(host ->
            "%s://%s/%s%s"
                .formatted(
                    host.scheme(),
                    host.host(),
                    host.repositoryOf(parsed),
                    host.transport().skipVerify() ? "!" : ""))
        .toList();
  }

  private static void assertBroken(Runnable action, String... parts) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            OciException.class,
            e -> assertThat(e.kind()).isEqualTo(OciException.Kind.FAILED_PRECONDITION))
        .hasMessageContainingAll(parts);
  }

  @Test
  void withoutAFileNothingIsOtherwise() {
    RegistriesConf none = new RegistriesConf(root.resolve("none"));
    assertThat(asked(none, "quay.io/a/b:1")).containsExactly("https://quay.io/a/b");
    assertThat(asked(none, "docker.io/a"))
        .containsExactly("https://registry-1.docker.io/library/a");
  }

  @Test
  void mirrorsComeFirstAndTheMovedRegistryLast() throws IOException {
    RegistriesConf conf =
        conf(
            """
            [[registry]]
            prefix = "example.com/foo"
            location = "internal.example/bar"
            [[registry.mirror]]
            location = "mirror0.local/mirror-for-foo"
            [[registry.mirror]]
            location = "mirror1.local:5000/mirrors/foo/"
            insecure = true
            """);
    assertThat(asked(conf, "example.com/foo/image:1"))
        .containsExactly(
            "https://mirror0.local/mirror-for-foo/image",
            "https://mirror1.local:5000/mirrors/foo/image!",
            "http://mirror1.local:5000/mirrors/foo/image",
            "https://internal.example/bar/image");
    assertThat(asked(conf, "example.com/foo:1")).last().isEqualTo("https://internal.example/bar");
    assertThat(asked(conf, "example.com/food/x:1")).containsExactly("https://example.com/food/x");
    assertThat(asked(conf, "example.com:5000/foo/x:1"))
        .containsExactly("https://example.com:5000/foo/x");
  }

  @Test
  void theLongestPrefixDecides() throws IOException {
    RegistriesConf conf =
        conf(
            """
            [[registry]]
            prefix = "*.example.com"
            location = "wild.local"
            [[registry]]
            prefix = "*.b.example.com"
            location = "wilder.local/w"
            [[registry]]
            location = "a.b.example.com"
            [[registry]]
            prefix = "a.b.example.com/x"
            location = "x.local/y"
            [[registry]]
            prefix = "a.b.example.com/x:1"
            location = "x.local/one"
            """);
    assertThat(asked(conf, "q.example.com/i:1")).containsExactly("https://wild.local/i");
    assertThat(asked(conf, "q.b.example.com/i:1")).containsExactly("https://wilder.local/w/i");
    assertThat(asked(conf, "a.b.example.com/i:1")).containsExactly("https://a.b.example.com/i");
    assertThat(asked(conf, "a.b.example.com/x:2")).containsExactly("https://x.local/y");
    assertThat(asked(conf, "a.b.example.com/x:1")).containsExactly("https://x.local/one");
    assertThat(asked(conf, "example.com/i:1")).containsExactly("https://example.com/i");
  }

  @ParameterizedTest
  @CsvSource({
    "pull-from-mirror = \"all\", true, true",
    "pull-from-mirror = \"digest-only\", false, true",
    "pull-from-mirror = \"tag-only\", true, false",
    "'', true, true",
  })
  void aMirrorMayBeForSomeReferencesOnly(String line, boolean forTags, boolean forDigests)
      throws IOException {
    RegistriesConf conf =
        conf("[[registry]]\nprefix=\"q.io\"\n[[registry.mirror]]\nlocation=\"m.io\"\n" + line);
    assertThat(asked(conf, "q.io/a:1").contains("https://m.io/a")).isEqualTo(forTags);
    assertThat(asked(conf, "q.io/a" + DIGEST).contains("https://m.io/a")).isEqualTo(forDigests);
  }

  @Test
  void allMirrorsMayBeForDigestsOnly() throws IOException {
    RegistriesConf conf =
        conf(
            """
            [[registry]]
            location = "q.io"
            mirror-by-digest-only = true
            [[registry.mirror]]
            location = "m.io/q"
            """);
    assertThat(asked(conf, "q.io/a:1")).containsExactly("https://q.io/a");
    assertThat(asked(conf, "q.io/a" + DIGEST))
        .containsExactly("https://m.io/q/a", "https://q.io/a");
  }

  @Test
  void whatIsBlockedIsNotAskedFor() throws IOException {
    RegistriesConf conf = conf("[[registry]]\nprefix = \"bad.io/team\"\nblocked = true\n");
    assertBroken(() -> asked(conf, "bad.io/team/x:1"), "bad.io/team/x:1", "blocks bad.io/team");
    assertThat(asked(conf, "bad.io/other/x:1")).hasSize(1);
  }

  @Test
  void dropInFilesComeLaterInTheirOrder() throws IOException {
    RegistriesConf conf =
        conf(
            """
            unqualified-search-registries = ["one.io"]
            [[registry]]
            prefix = "q.io"
            location = "first.io"
            [aliases]
            a = "one.io/a"
            gone = "one.io/gone"
            """);
    dropIn("20-b.conf", "[[registry]]\nprefix = \"q.io\"\nlocation = \"third.io\"\n");
    dropIn(
        "10-a.conf",
        """
        unqualified-search-registries = ["two.io", "three.io"]
        [[registry]]
        prefix = "q.io"
        location = "second.io"
        [aliases]
        a = "two.io/aa"
        gone = ""
        """);
    dropIn("ignored", "this is no TOML");
    assertThat(asked(conf, "q.io/x:1")).containsExactly("https://third.io/x");
    assertThat(conf.candidates("a:3")).extracting(Object::toString).containsExactly("two.io/aa:3");
    assertThat(conf.candidates("gone"))
        .extracting(Object::toString)
        .containsExactly("two.io/gone:latest", "three.io/gone:latest");
  }

  @Test
  void aChangeIsSeenByTheNextPull() throws IOException {
    RegistriesConf conf = conf("[[registry]]\nprefix = \"q.io\"\nlocation = \"a.io\"\n");
    assertThat(asked(conf, "q.io/x:1")).containsExactly("https://a.io/x");
    conf("[[registry]]\nprefix = \"q.io\"\nlocation = \"bbb.io\"\n");
    assertThat(asked(conf, "q.io/x:1")).containsExactly("https://bbb.io/x");
  }

  @Test
  void shortNamesAreLookedForWhereTheFileSays() throws IOException {
    RegistriesConf conf =
        conf(
            """
            unqualified-search-registries = ["docker.io", "quay.io:443"]
            [aliases]
            "team/tool" = "reg.io/t/tool"
            """);
    assertThat(conf.candidates("nginx:1"))
        .extracting(Object::toString)
        .containsExactly("docker.io/library/nginx:1", "quay.io:443/nginx:1");
    assertThat(conf.candidates("team/tool" + DIGEST))
        .extracting(Object::toString)
        .containsExactly("reg.io/t/tool" + DIGEST);
    assertThat(conf.candidates("team/tool:2" + DIGEST))
        .extracting(Object::toString)
        .containsExactly("reg.io/t/tool:2" + DIGEST);
    assertThat(conf.candidates("quay.io/nginx"))
        .extracting(Object::toString)
        .containsExactly("quay.io/nginx:latest");
    assertThat(conf.candidates("localhost/nginx")).hasSize(1);
    assertThatThrownBy(() -> conf.candidates("Not/A/Name:"))
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID));
  }

  @Test
  void aShortNameThatStandsForNothingIsRefused() throws IOException {
    assertBroken(() -> candidates("", "nginx"), "nginx", "unqualified-search-registries");
    String two = "unqualified-search-registries = [\"a.io\", \"b.io\"]\n";
    assertBroken(
        () -> candidates(two + "short-name-mode = \"enforcing\"", "nginx"),
        "nginx",
        "a.io, b.io",
        "enforcing");
    assertThat(candidates(two + "short-name-mode = \"permissive\"", "nginx")).hasSize(2);
    assertThat(
            candidates(
                "unqualified-search-registries = [\"a.io\"]\nshort-name-mode = \"enforcing\"",
                "nginx"))
        .hasSize(1);
  }

  private List<ImageReference> candidates(String toml, String name) {
    try {
      return conf(toml).candidates(name);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'[registries.search]', version 1",
    "'x = [', line 1",
    "'[[registry]]', bad prefix",
    "'[[registry]]\nprefix = \"http://a\"', bad prefix",
    "'[[registry]]\nprefix = \"*.*.a\"', bad prefix",
    "'[[registry]]\nprefix = \"a.io\"\nlocation = \"https://b\"', line 3: bad location",
    "'[[registry]]\nprefix = \"a.io\"\nlocation = \"[:21]/b\"', line 3: bad location",
    "'[[registry]]\nprefix = \"a.io\"\n[[registry.mirror]]\ninsecure = true', bad location",
    "'[[registry]]\nlocation = \"a.io\"\n[[registry]]\nprefix = \"a.io\"', a second registry",
    "'[[registry]]\nlocation = \"a.io\"\nblocked = \"yes\"', blocked",
    "'[[registry]]\nprefix = \"a.io\"\n[[registry.mirror]]\nlocation = \"m\"\npull-from-mirror = \"x\"', line 5: pull-from-mirror",
    "'[aliases]\na = 1', alias a",
    "'unqualified-search-registries = [1]', unqualified",
  })
  void aBrokenFileIsNamedWithTheLine(String toml, String part) throws IOException {
    RegistriesConf conf = conf(toml);
    assertBroken(() -> asked(conf, "a.io/x:1"), root.resolve("registries.conf").toString(), part);
  }

  @Test
  void aLocationWithoutRoomForTheRepositoryIsNamed() throws IOException {
    RegistriesConf conf = conf("[[registry]]\nprefix = \"a.io/x\"\nlocation = \"b.io\"\n");
    assertBroken(() -> asked(conf, "a.io/x:1"), "location b.io", "a.io/x:1");
    assertThat(asked(conf, "a.io/x/y:1")).containsExactly("https://b.io/y");
  }
}
