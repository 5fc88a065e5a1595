package io.jcri.daemon.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.node.SelinuxFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels on a host as recorded: Fedora's targeted policy, and one of another name and types. */
class SelinuxTest {
  private static final Optional<SelinuxOptions> NONE = Optional.empty();

  @TempDir Path root;

  @BeforeEach
  void fedora() throws IOException {
    write("sys/fs/selinux/enforce", "1");
    write(
        "etc/selinux/config",
        """
        # This file controls the state of SELinux on the system.
        SELINUX=enforcing
        SELINUXTYPE=targeted
        """);
    write(
        "etc/selinux/targeted/contexts/lxc_contexts",
        """
        process = "system_u:system_r:container_t:s0"
        content = "system_u:object_r:virt_var_lib_t:s0"
        file = "system_u:object_r:container_file_t:s0"
        ro_file="system_u:object_r:container_ro_file_t:s0"
        sandbox_kvm_process = "system_u:system_r:svirt_qemu_net_t:s0"
        """);
  }

  @Test
  void aHostWithoutItHasNoLabelsWhateverIsAskedFor(@TempDir Path plain) throws IOException {
    Selinux selinux = Selinux.of(SelinuxFacts.read(plain));
    assertThat(selinux.enabled()).isFalse();
    assertThat(selinux.allocate(level("s0:c1,c2"), false)).isEmpty();
    assertThat(selinux.ofContainer(Optional.empty(), level("s0:c1,c2"), false)).isEmpty();
    // the policy's files alone, as in a container's view of such a host, are not enough
    Files.delete(root.resolve("sys/fs/selinux/enforce"));
    assertThat(Selinux.of(SelinuxFacts.read(root)).enabled()).isFalse();
  }

  @Test
  void everyPodGetsALevelOfItsOwn() {
    Selinux selinux = Selinux.of(SelinuxFacts.read(root));
    Set<String> levels = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      SelinuxLabels labels = selinux.allocate(NONE, false).orElseThrow();
      assertThat(labels.process())
          .matches("system_u:system_r:container_t:s0:c[0-9]{1,4},c[0-9]{1,4}");
      assertThat(labels.mount()).isEqualTo("system_u:object_r:container_file_t:" + labels.level());
      assertThat(levels.add(labels.level())).as(labels.level()).isTrue();
    }
  }

  @Test
  void containersShareTheirPodsLevel() {
    Selinux selinux = Selinux.of(SelinuxFacts.read(root));
    Optional<SelinuxLabels> pod = selinux.allocate(NONE, false);
    assertThat(selinux.ofContainer(pod, NONE, false)).isEqualTo(pod);
    SelinuxLabels other =
        selinux
            .ofContainer(
                pod, Optional.of(new SelinuxOptions("u", "r", "container_init_t", "")), false)
            .orElseThrow();
    assertThat(other.process()).isEqualTo("u:r:container_init_t:" + level(pod));
    assertThat(other.mount()).isEqualTo("u:object_r:container_file_t:" + level(pod));
    assertThat(selinux.ofContainer(pod, level("s0:c7,c8"), false).orElseThrow().process())
        .endsWith(":s0:c7,c8");
  }

  @Test
  void aPrivilegedContainerIsNotConfinedAndLeavesThePodsFilesTheirLabel() {
    Selinux selinux = Selinux.of(SelinuxFacts.read(root));
    Optional<SelinuxLabels> pod = selinux.allocate(NONE, false);
    SelinuxLabels privileged = selinux.ofContainer(pod, NONE, true).orElseThrow();
    assertThat(privileged.process()).isEmpty();
    assertThat(privileged.mount()).isEqualTo(pod.orElseThrow().mount());

    Optional<SelinuxLabels> privilegedPod = selinux.allocate(NONE, true);
    assertThat(privilegedPod.orElseThrow().process()).isEmpty();
    assertThat(selinux.ofContainer(privilegedPod, NONE, false).orElseThrow().process())
        .isEqualTo("system_u:system_r:container_t:s0");
  }

  @Test
  void aLevelIsTakenUntilItsLastPodIsGone() {
    McsLevels levels = new McsLevels();
    String pair = levels.take();
    levels.reserve(pair);
    levels.release(pair);
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      taken.add(levels.take());
    }
    assertThat(taken).hasSize(2000).doesNotContain(pair);
  }

  @Test
  void aLevelOfBeforeTheRestartIsNotGivenOutAgain() {
    Selinux before = Selinux.of(SelinuxFacts.read(root));
    Set<String> old = new HashSet<>();
    Selinux after = Selinux.of(SelinuxFacts.read(root));
    for (int i = 0; i < 1000; i++) {
      SelinuxLabels labels = before.allocate(NONE, false).orElseThrow();
      old.add(labels.level());
      after.reserve(labels);
    }
    for (int i = 0; i < 1000; i++) {
      SelinuxLabels fresh = after.allocate(NONE, false).orElseThrow();
      assertThat(old).doesNotContain(fresh.level());
    }
  }

  @Test
  void anotherPolicysTypesAreTaken() throws IOException {
    write("etc/selinux/config", "SELINUXTYPE=mls\n");
    write(
        "etc/selinux/mls/contexts/lxc_contexts",
        "process = \"a_u:a_r:box_t:s3\"\nfile = \"a_u:object_r:box_file_t:s3\"\n");
    SelinuxLabels labels = Selinux.of(SelinuxFacts.read(root)).allocate(NONE, false).orElseThrow();
    assertThat(labels.process()).startsWith("a_u:a_r:box_t:s3:c");
    assertThat(labels.mount()).startsWith("a_u:object_r:box_file_t:s3:c");
  }

  @Test
  void aPolicyWithoutTypesForContainersHasTheUsualOnes() throws IOException {
    Files.delete(root.resolve("etc/selinux/targeted/contexts/lxc_contexts"));
    assertThat(Selinux.of(SelinuxFacts.read(root)).allocate(NONE, false).orElseThrow().process())
        .startsWith("system_u:system_r:container_t:s0:c");
  }

  @Test
  void theAttributeOfAFileEndsWithAZero() {
    assertThat(Selinux.attribute("a:b:c:s0")).endsWith((byte) 0).hasSize(9);
  }

  private static Optional<SelinuxOptions> level(String level) {
    return Optional.of(new SelinuxOptions("", "", "", level));
  }

  private static String level(Optional<SelinuxLabels> labels) {
    return labels.orElseThrow().level();
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, text);
  }
}
