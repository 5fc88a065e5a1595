package io.jcri.oci.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.SeccompProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeccompProfilesTest {
  private final SeccompProfiles profiles = new SeccompProfiles();

  @TempDir Path directory;

  @Test
  void refusesByDefault() {
    SeccompProfile profile = profiles.runtimeDefault(with());
    assertThat(profile.defaultAction()).isEqualTo("SCMP_ACT_ERRNO");
    assertThat(profile.architectures()).isNotEmpty();
  }

  @Test
  void letsPrograms32RunOnArm() {
    String here = System.getProperty("os.arch");
    System.setProperty("os.arch", "aarch64");
    try {
      assertThat(new SeccompProfiles(true).runtimeDefault(with()).architectures())
          .containsExactly("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM");
      assertThat(new SeccompProfiles(false).runtimeDefault(with()).architectures())
          .containsExactly("SCMP_ARCH_AARCH64");
    } finally {
      System.setProperty("os.arch", here);
    }
  }

  @Test
  void leavesOutArchitecturesThatAreNotWanted() {
    assertThat(new SeccompProfiles(false).runtimeDefault(with()).architectures()).hasSize(1);
    assertThat(profiles.runtimeDefault(with()).architectures()).doesNotContain("SCMP_ARCH_X32");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add_key",
        "keyctl",
        "request_key",
        "io_uring_setup",
        "userfaultfd",
        "kexec_load",
        "swapon",
        "swapoff",
        "create_module",
        "vm86",
        "uselib",
        "nfsservctl",
        "move_pages"
      })
  void neverAllows(String syscall) {
    assertThat(allowed(profiles.runtimeDefault(of(EnumSet.allOf(Capability.class)))))
        .doesNotContain(syscall);
  }

  @ParameterizedTest
  @CsvSource({
    "CAP_SYS_ADMIN, mount",
    "CAP_SYS_ADMIN, unshare",
    "CAP_SYS_ADMIN, setns",
    "CAP_SYS_ADMIN, clone3",
    "CAP_SYS_ADMIN, bpf",
    "CAP_BPF, bpf",
    "CAP_PERFMON, perf_event_open",
    "CAP_SYSLOG, syslog",
    "CAP_DAC_READ_SEARCH, open_by_handle_at",
    "CAP_SYS_CHROOT, chroot",
    "CAP_SYS_BOOT, reboot",
    "CAP_SYS_MODULE, finit_module",
    "CAP_SYS_PACCT, acct",
    "CAP_SYS_PTRACE, kcmp",
    "CAP_SYS_RAWIO, iopl",
    "CAP_SYS_TIME, clock_settime",
    "CAP_SYS_TTY_CONFIG, vhangup",
    "CAP_SYS_NICE, mbind",
  })
  void allowsWithTheCapabilityOnly(Capability capability, String syscall) {
    assertThat(allowed(profiles.runtimeDefault(with()))).doesNotContain(syscall);
    assertThat(allowed(profiles.runtimeDefault(with(capability)))).contains(syscall);
  }

  @Test
  void letsCloneMakeNamespacesForAdministratorsOnly() {
    assertThat(rules(profiles.runtimeDefault(with()), "clone"))
        .singleElement()
        .satisfies(rule ->
            assertThat(rule.args())
                .singleElement()
                .satisfies(arg -> assertThat(arg.value()).isEqualTo("2114060288")));
    assertThat(rules(profiles.runtimeDefault(with()), "clone3"))
        .singleElement()
        .satisfies(rule -> assertThat(rule.errno()).contains(38));
    assertThat(rules(profiles.runtimeDefault(with(Capability.CAP_SYS_ADMIN)), "clone"))
        .singleElement()
        .satisfies(rule -> assertThat(rule.args()).isEmpty());
  }

  @Test
  void readsTheRuntimeSpecificationsFormat() throws IOException {
    SeccompProfile profile =
        localhost(
            """
            {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
             "flags": ["SECCOMP_FILTER_FLAG_LOG"],
             "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO",
               "errnoRet": 13,
               "args": [{"index": 1, "value": 18446744073709551615, "op": "SCMP_CMP_EQ"}]}]}
            """);
    assertThat(profile.architectures()).containsExactly("SCMP_ARCH_X86_64");
    assertThat(profile.flags()).containsExactly("SECCOMP_FILTER_FLAG_LOG");
    assertThat(profile.syscalls().getFirst().errno()).contains(13);
    assertThat(profile.syscalls().getFirst().args().getFirst().value())
        .isEqualTo("18446744073709551615");
  }

  @Test
  void readsDockersFormatWithItsConditions() throws IOException {
    SeccompProfile profile =
        localhost(
            """
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
             "archMap": [
               {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
               {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]}],
             "syscalls": [
               {"name": "a", "action": "SCMP_ACT_ALLOW", "args": null, "includes": {}},
               {"names": ["b"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "99.0"}},
               {"names": ["c"], "action": "SCMP_ACT_ALLOW", "excludes": {"minKernel": "3.0"}},
               {"names": ["d"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["none"]}},
               {"names": ["e"], "action": "SCMP_ACT_ALLOW",
                "includes": {"caps": ["CAP_CHOWN", "CAP_BPF"]}},
               {"names": ["f"], "action": "SCMP_ACT_ALLOW",
                "excludes": {"caps": ["CAP_BPF", "CAP_CHOWN"]}},
               {"names": ["g"], "action": "SCMP_ACT_ALLOW",
                "includes": {"caps": ["CAP_CHOWN"], "minKernel": "4.8"}}]}
            """);
    assertThat(profile.defaultErrno()).contains(38);
    assertThat(profile.architectures()).hasSize(2);
    assertThat(profile.syscalls())
        .singleElement()
        .satisfies(rule -> assertThat(rule.names()).containsExactly("a", "g"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"defaultAction\": 5}",
        "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"name\":\"a\",\"action\":\"x\"}]}",
        "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"action\":\"SCMP_ACT_TRAP\"}]}",
        "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"name\":\"a\",\"names\":[\"b\"],\"action\":\"SCMP_ACT_TRAP\"}]}",
        "{\"defaultAction\":\"SCMP_ACT_LOG\",\"architectures\":[\"X\"],\"archMap\":[{\"architecture\":\"Y\"}]}",
        "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"name\":\"a\",\"action\":\"SCMP_ACT_TRAP\","
            + "\"includes\":{\"caps\":[\"CAP_FLY\"]}}]}",
        "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"name\":\"a\",\"action\":\"SCMP_ACT_TRAP\","
            + "\"includes\":{\"minKernel\":\"new\"}}]}"
      })
  void refusesBadFilesByName(String json) {
    assertThatThrownBy(() -> localhost(json))
        .hasMessageContaining(directory.resolve("profile.json").toString())
        .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.INVALID));
  }

  @Test
  void namesFilesThatAreMissingOrNoFiles() {
    assertThatThrownBy(() -> profiles.localhost(directory.resolve("none.json"), with()))
        .hasMessageContaining("none.json")
        .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.NOT_FOUND));
    assertThatThrownBy(() -> profiles.localhost(directory, with()))
        .hasMessageContaining("is not a regular file");
    assertThatThrownBy(() -> profiles.localhost(Path.of("relative.json"), with()))
        .hasMessageContaining("is not an absolute path");
  }

  private SeccompProfile localhost(String json) throws IOException {
    Path file = directory.resolve("profile.json");
    Files.writeString(file, json, StandardCharsets.UTF_8);
    return profiles.localhost(file, with(Capability.CAP_CHOWN));
  }

  private static List<String> allowed(SeccompProfile profile) {
    return profile.syscalls().stream()
        .filter(rule -> rule.action().equals("SCMP_ACT_ALLOW"))
        .flatMap(rule -> rule.names().stream())
        .toList();
  }

  private static List<SeccompProfile.Rule> rules(SeccompProfile profile, String syscall) {
    return profile.syscalls().stream().filter(rule -> rule.names().contains(syscall)).toList();
  }

  private static CapabilitySet with(Capability... more) {
    return of(Set.of(more));
  }

  private static CapabilitySet of(Set<Capability> capabilities) {
    List<Capability> list = List.copyOf(capabilities);
    return new CapabilitySet(list, list, list, List.of(), List.of());
  }
}
