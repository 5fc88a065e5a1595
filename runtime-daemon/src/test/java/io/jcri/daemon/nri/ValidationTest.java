package io.jcri.daemon.nri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a, b]",
        "[ \"a\" , 'b' ]",
        "- a\n- b",
        "  - \"a\"\n  - b\n",
        "[\"a\",\"b\"]\n",
      })
  void aListOfPluginsIsReadInEveryForm(String yaml) {
    assertThat(Validation.names(yaml)).containsExactly("a", "b");
  }

  @Test
  void anEmptyListRequiresNobody() {
    assertThat(Validation.names("[]")).isEmpty();
    assertThat(Validation.names("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a, b", "plugins: [a]", "-a", "{a: b}"})
  void whatIsNoListIsRefusedAndNotReadAsNobody(String yaml) {
    assertThatThrownBy(() -> Validation.names(yaml))
        .isInstanceOfSatisfying(
            JcriException.class, e -> assertThat(e.kind()).isEqualTo(JcriException.Kind.INVALID))
        .hasMessageContaining(yaml);
  }
}
