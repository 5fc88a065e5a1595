package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountOptionsTest {
  @Test
  void takesWhatTheApisCommentListsAndItsLike() {
    MountOptions.check("where", List.of());
    MountOptions.check("where", List.of("noexec", "nodev", "nosuid", "noexec"));
    MountOptions.check(
        "where", List.of("exec", "dev", "suid", "relatime", "nodiratime", "nosymfollow"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ro", "rw", "bind", "rbind", "rshared", "rnoexec", "idmap", "size=1", "", "No"})
  void refusesWhatIsUnknownOrHasAFieldOfItsOwn(String option) {
    assertThatThrownBy(() -> MountOptions.check("where", List.of("nodev", option)))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("\"" + option + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exec,noexec",
        "nodev,nosuid,dev",
        "suid,nosuid",
        "noatime,relatime",
        "strictatime,relatime",
        "diratime,nodiratime",
        "symfollow,nosymfollow"
      })
  void refusesContradictions(String options) {
    List<String> list = List.of(options.split(","));
    assertThatThrownBy(() -> MountOptions.check("where", list))
        .hasMessageContaining("contradicts")
        .hasMessageContaining(list.getFirst())
        .hasMessageContaining(list.getLast());
  }
}
