package io.jcri.oci.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DefaultMountsTest {
  private static final List<ContainerMount> DEFAULTS =
      DefaultMounts.of(SampleSpecs.mounts().build());

  @Test
  void makesParentsBeforeChildrenAndKeepsTheOrderOtherwise() {
    List<ContainerMount> all =
        DefaultMounts.compose(
            List.of(), List.of(bind("/a/b/c"), bind("/z"), bind("/a/b"), bind("/a"), bind("/a/a")));
    assertThat(all)
        .extracting(ContainerMount::destination)
        .containsExactly("/z", "/a", "/a/b", "/a/a", "/a/b/c");
  }

  @Test
  void prefersWhatIsAskedFor() {
    List<ContainerMount> all = DefaultMounts.compose(DEFAULTS, List.of(bind("/etc//hosts/")));
    assertThat(all)
        .filteredOn(mount -> mount.destination().equals("/etc/hosts"))
        .containsExactly(ContainerMount.bind("/source", "/etc/hosts", true));
    assertThat(all).hasSameSizeAs(DEFAULTS);
  }

  @Test
  void dropsDefaultsBelowAnAskedForDev() {
    assertThat(DefaultMounts.compose(DEFAULTS, List.of(bind("/dev"))))
        .extracting(ContainerMount::destination)
        .filteredOn(destination -> destination.startsWith("/dev"))
        .containsExactly("/dev");
  }

  @Test
  void dropsDefaultsBelowAnAskedForSys() {
    assertThat(DefaultMounts.compose(DEFAULTS, List.of(bind("/sys"))))
        .extracting(ContainerMount::destination)
        .filteredOn(destination -> destination.startsWith("/sys"))
        .containsExactly("/sys");
  }

  @Test
  void keepsDefaultsBesideAMountBelowDev() {
    assertThat(DefaultMounts.compose(DEFAULTS, List.of(bind("/dev/termination-log"))))
        .extracting(ContainerMount::destination)
        .contains("/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/termination-log");
  }

  @Test
  void takesRelativeDestinationsFromTheRoot() {
    assertThat(DefaultMounts.compose(List.of(), List.of(bind("data/../x"))))
        .extracting(ContainerMount::destination)
        .containsExactly("/x");
  }

  @Test
  void refusesTheRoot() {
    for (String root : List.of("/", "", "//", "/a/..", "/../..")) {
      assertThatThrownBy(() -> DefaultMounts.compose(DEFAULTS, List.of(bind(root))))
          .hasMessage("cannot mount over the container's root directory");
    }
  }

  @Test
  void opensSysAndCgroupsToThePrivilegedOnly() {
    assertThat(options(DEFAULTS, "/sys")).contains("ro");
    assertThat(options(DEFAULTS, "/sys/fs/cgroup")).contains("ro");
    List<ContainerMount> privileged = DefaultMounts.of(SampleSpecs.mounts().privileged().build());
    assertThat(options(privileged, "/sys")).contains("rw").doesNotContain("ro");
    assertThat(options(privileged, "/sys/fs/cgroup")).contains("rw").doesNotContain("ro");
  }

  @Test
  void bindsWhatAUserNamespaceMayNotMount() {
    List<ContainerMount> mounts =
        DefaultMounts.of(SampleSpecs.mounts().userNamespace().hostNetwork().hostIpc().build());
    assertThat(mounts)
        .filteredOn(mount -> mount.type().equals("bind"))
        .extracting(ContainerMount::destination)
        .contains("/sys", "/dev/mqueue", "/dev/shm");
    assertThat(options(mounts, "/sys")).contains("ro");
    assertThat(mounts)
        .filteredOn(mount -> mount.destination().equals("/dev/shm"))
        .extracting(ContainerMount::source)
        .containsExactly("/dev/shm");
  }

  private static List<String> options(List<ContainerMount> mounts, String destination) {
    return mounts.stream()
        .filter(mount -> mount.destination().equals(destination))
        .findFirst()
        .orElseThrow()
        .options();
  }

  private static ContainerMount bind(String destination) {
    return ContainerMount.bind("/source", destination, true);
  }
}
