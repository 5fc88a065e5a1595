package io.jcri.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of Go's own test of path.Match, which containerd's users write their patterns for. */
class NamePatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      textBlock =
          """
          abc abc true
          * abc true
          *c abc true
          a* a true
          a* abc true
          a* ab/c false
          a*/b abc/b true
          a*/b a/c/b false
          a*b*c*d*e*/f axbxcxdxe/f true
          a*b*c*d*e*/f axbxcxdxexxx/f true
          a*b*c*d*e*/f axbxcxdxe/xxx/f false
          a*b*c*d*e*/f axbxcxdxexxx/fff false
          a*b?c*x abxbbxdbxebxczzx true
          a*b?c*x abxbbxdbxebxczzy false
          ab[c] abc true
          ab[b-d] abc true
          ab[e-g] abc false
          ab[^c] abc false
          ab[^b-d] abc false
          ab[^e-g] abc true
          a\\*b a*b true
          a\\*b ab false
          a?b a☺b true
          a[^a]b a☺b true
          a???b a☺b false
          [a-ζ]* α true
          *[a-ζ] A false
          a?b a/b false
          a*b a/b false
          [\\]a] ] true
          [\\-] - true
          [x\\-] x true
          [x\\-] - true
          [x\\-] z false
          *x xxx true
          dev.gvisor.* dev.gvisor.spec.mount.a.type true
          dev.gvisor.* dev.gvisor false
          """)
  void asInGo(String pattern, String name, String matches) {
    assertThat(NamePattern.parse(pattern).matches(name)).isEqualTo(matches.equals("true"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "[", "[^", "[^bc", "a[", "\\", "[a\\", "[]", "a*["
      })
  void whatIsNoPatternIsRefused(String pattern) {
    assertThatThrownBy(() -> NamePattern.parse(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("has \"" + pattern + "\", which is no pattern: ");
  }

  @Test
  void theEmptyPatternIsTheEmptyName() {
    assertThat(NamePattern.parse("").matches("")).isTrue();
    assertThat(NamePattern.parse("").matches("x")).isFalse();
    assertThat(NamePattern.parse("*").matches("")).isTrue();
  }
}
