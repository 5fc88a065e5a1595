package io.jcri.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SystemdPathsTest {
  @ParameterizedTest
  @CsvSource({
    "kubepods-burstable-poda_b.slice:jcri:c1, "
        + "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-poda_b.slice/jcri-c1.scope",
    "/kubepods.slice/kubepods-pod1.slice:jcri:c1,"
        + " /kubepods.slice/kubepods-pod1.slice/jcri-c1.scope",
    ":jcri:c1, /system.slice/jcri-c1.scope",
    "-.slice:jcri:c1, /jcri-c1.scope",
    "user.slice::c1, /user.slice/c1.scope",
    "kubepods-pod1.slice, /kubepods.slice/kubepods-pod1.slice",
    "/kubepods/pod1, /kubepods/pod1",
  })
  void pathsOfGroups(String cgroupsPath, String path) {
    assertThat(SystemdPaths.resolve(cgroupsPath)).isEqualTo(path);
  }

  @Test
  void scopes() {
    assertThat(SystemdPaths.scopeName("jcri", "abc")).isEqualTo("jcri-abc.scope");
    assertThat(SystemdPaths.scopeName("jcri", "abc.slice")).isEqualTo("abc.slice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", ".slice", "-a.slice", "a-.slice", "a--b.slice", "a/b.slice"})
  void namesThatAreNoSliceAreRefused(String name) {
    assertThatThrownBy(() -> SystemdPaths.sliceDirectory(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + name + "\"");
  }
}
