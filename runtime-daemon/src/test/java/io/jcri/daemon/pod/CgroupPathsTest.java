package io.jcri.daemon.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.cgroup.CgroupDriver;
import org.junit.jupiter.api.Test;

class CgroupPathsTest {
  @Test
  void cgroupfsNestsBelowTheKubeletsCgroup() {
    CgroupPaths paths = new CgroupPaths(CgroupDriver.CGROUPFS);
    assertThat(paths.container("/kubepods/podX", "id")).isEqualTo("/kubepods/podX/id");
    assertThat(paths.container("kubepods", "id")).isEqualTo("/kubepods/id");
    assertThat(paths.container("", "id")).isEqualTo("/jcri/id");
    assertThat(paths.sandboxDirectory("/kubepods/podX", "id")).contains("/kubepods/podX/id");
  }

  @Test
  void systemdNamesAScopeInTheSlice() {
    CgroupPaths paths = new CgroupPaths(CgroupDriver.SYSTEMD);
    assertThat(paths.container("kubepods-podX.slice", "id"))
        .isEqualTo("kubepods-podX.slice:jcri:id");
    assertThat(paths.container("/kubepods.slice/kubepods-podX.slice", "id"))
        .isEqualTo("kubepods-podX.slice:jcri:id");
    assertThat(paths.container("", "id")).isEqualTo("system.slice:jcri:id");
    assertThat(paths.sandboxDirectory("kubepods-podX.slice", "id")).isEmpty();
    assertThat(CgroupPaths.sandboxScope("id")).isEqualTo("jcri-id.scope");
  }
}
