package io.jcri.daemon.container;

import static io.jcri.daemon.container.PlannedContainers.container;
import static io.jcri.daemon.container.PlannedContainers.host;
import static io.jcri.daemon.container.PlannedContainers.mapped;
import static io.jcri.daemon.container.PlannedContainers.pod;
import static io.jcri.daemon.container.PlannedContainers.security;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.node.AppArmorFacts;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.security.AppArmor;
import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.seccomp.SeccompProfiles;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.IdMapping;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.Namespace;
import io.jcri.oci.spec.Rlimit;
import io.jcri.oci.user.OpenatRootfsFiles;
import io.jcri.oci.user.UserResolver;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.CgroupLayout;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecAssemblyTest {
  private static final ImageConfig IMAGE =
      Samples.record(
          ImageConfig.class,
          Map.of("command", List.of("serve"), "user", "app", "env", List.of("A=1")));

  @TempDir Path directory;
  private Path rootfs;
  private ContainerSettings settings = DaemonConfig.defaults().containers();
  private SpecAssembly specs;

  @BeforeEach
  void makeARoot() throws IOException {
    rootfs = Files.createDirectories(directory.resolve("rootfs"));
    Files.createDirectory(rootfs.resolve("etc"));
    Files.writeString(
        rootfs.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\napp:x:1000:2000::/:/bin/sh\n");
    Files.writeString(rootfs.resolve("etc/group"), "app:x:2000:\nmore:x:3000:app\n");
    Layout layout = new Layout(PlannedContainers.STATE, PlannedContainers.STATE);
    Registry<Container> containers =
        new Registry<>(
            "container",
            Container::id,
            new RecordStore<>(directory.resolve("records"), Container.class));
    Confinement confinement =
        new Confinement(
            new SeccompProfiles(),
            new AppArmor(new AppArmorFacts(false), directory),
            () -> settings);
    Handlers handlers =
        Handlers.find(
            ConfigFile.parse(
                "[handlers.runc]\nbinary = \"/nowhere\"\nmin_memory_mib = 4\n", "test"),
            layout,
            MadeUpNode.with(CgroupDriver.CGROUPFS),
            directory.resolve("no-adapter"));
    specs =
        new SpecAssembly(
            handlers,
            new ContainerCgroups(
                new CgroupPaths(CgroupDriver.CGROUPFS),
                new CgroupSupport(true, Set.of("memory", "cpu", "pids"), true),
                () -> settings),
            confinement,
            new ContainerNamespaces(containers, CgroupLayout.V2),
            new ProcessPlanning(
                new UserResolver(new OpenatRootfsFiles(Linux.get())), confinement, () -> settings),
            new MountPlanning(layout, () -> true, () -> false),
            new CdiInjection(Optional::empty, handlers),
            () -> settings);
  }

  private ContainerPlan plan(Pod pod, Container container) {
    return specs.plan(pod, container, IMAGE, rootfs, Optional.empty());
  }

  private ContainerSpec plan(SecurityContext security) {
    return plan(pod(), container(security)).spec();
  }

  @Test
  void whatThePodTheImageAndTheContainerSayComesTogether() {
    LinuxResources limits = LinuxResources.builder().memoryLimit(1L << 30).build();
    ContainerSpec spec =
        plan(
                pod(),
                container(
                    security(Map.of()),
                    Map.of("arguments", List.of("--fast"), "resources", limits)))
            .spec();
    assertThat(spec.process().args()).containsExactly("--fast");
    assertThat(spec.process().env()).contains("A=1", "HOSTNAME=web");
    assertThat(spec.process().user().uid()).isEqualTo(1000);
    assertThat(spec.process().user().additionalGids()).containsExactly(2000L, 3000L);
    assertThat(spec.cgroupsPath()).contains("/kubepods/pod1/c");
    assertThat(spec.resources().memoryLimit()).contains(1L << 30);
    assertThat(spec.resources().memorySwap()).as("no swap").contains(1L << 30);
    assertThat(spec.root()).isEqualTo(new ContainerSpec.Root(rootfs.toString(), false));
    assertThat(spec.namespaces())
        .containsExactly(
            Namespace.fresh(Namespace.Kind.MOUNT),
            Namespace.join(Namespace.Kind.NETWORK, "/state/pods/p/net"),
            Namespace.fresh(Namespace.Kind.PID),
            Namespace.fresh(Namespace.Kind.CGROUP));
    assertThat(spec.annotations()).containsEntry("io.kubernetes.cri.sandbox-id", "p");
  }

  @Test
  void aPrivilegedOneHasNoProfileAndNothingIsHidden() {
    Map<String, Object> hidden =
        Map.of("maskedPaths", List.of("/proc/kcore"), "readOnlyPaths", List.of("/proc/sys"));
    ContainerSpec plain = plan(security(hidden));
    assertThat(plain.maskedPaths()).containsExactly("/proc/kcore");
    assertThat(plain.readonlyPaths()).containsExactly("/proc/sys");
    assertThat(plain.seccomp()).isPresent();
    ContainerSpec privileged =
        plan(
            security(
                Map.of(
                    "privileged", true,
                    "maskedPaths", List.of("/proc/kcore"),
                    "readOnlyPaths", List.of("/proc/sys"))));
    assertThat(privileged.maskedPaths()).isEmpty();
    assertThat(privileged.readonlyPaths()).isEmpty();
    assertThat(privileged.seccomp()).isEmpty();
    assertThat(privileged.process().apparmorProfile()).isEmpty();
    assertThat(privileged.namespaces()).doesNotContain(Namespace.fresh(Namespace.Kind.CGROUP));
  }

  private void configure(String containers) {
    settings = ConfigFile.parse("[containers]\n" + containers, "test").containers();
  }

  @Test
  void limitsOfProcessesAreThoseOfTheDay() {
    configure("ulimits = [\"nofile=512:1000\", \"core=0\"]");
    List<Rlimit> limits =
        List.of(new Rlimit("RLIMIT_NOFILE", 1000, 512), new Rlimit("RLIMIT_CORE", 0, 0));
    assertThat(plan(security(Map.of())).process().rlimits()).isEqualTo(limits);
    assertThat(plan(security(Map.of("privileged", true))).process().rlimits()).isEqualTo(limits);
    configure("ulimits = []");
    assertThat(plan(security(Map.of())).process().rlimits()).isEmpty();
  }

  @Test
  void variablesOfTheNodeAreBeatenByTheImageAndTheContainer() {
    configure("env = [\"A=node\", \"B=node\", \"C=node\", \"PATH=/node\"]");
    Container container =
        container(security(Map.of()), Map.of("environment", List.of("B=container")));
    assertThat(plan(pod(), container).spec().process().env())
        .contains("A=1", "B=container", "C=node", "PATH=/node")
        .doesNotContain("A=node", "B=node");
  }

  @Test
  void processesAreLimitedWhereNobodySaysOtherwise() {
    configure("pids_limit = 100");
    assertThat(plan(security(Map.of())).resources().pidsLimit()).contains(100L);
    LinuxResources own = LinuxResources.builder().pidsLimit(7).build();
    LinuxResources unified = LinuxResources.builder().unified(Map.of("pids.max", "8")).build();
    assertThat(limited(own).pidsLimit()).contains(7L);
    assertThat(limited(unified).pidsLimit()).isEmpty();
    configure("pids_limit = 0");
    assertThat(limited(LinuxResources.NONE).pidsLimit()).isEmpty();
  }

  private LinuxResources limited(LinuxResources asked) {
    return plan(pod(), container(security(Map.of()), Map.of("resources", asked)))
        .spec()
        .resources();
  }

  @Test
  void capabilitiesAreAddedToAndDroppedFromThoseOfTheNode() {
    configure("capabilities = [\"chown\", \"CAP_KILL\"]");
    assertThat(plan(security(Map.of())).process().capabilities().bounding())
        .containsExactly(Capability.CAP_CHOWN, Capability.CAP_KILL);
    SecurityContext own =
        security(
            Map.of("addCapabilities", List.of("SETUID"), "dropCapabilities", List.of("CHOWN")));
    assertThat(plan(own).process().capabilities().bounding())
        .containsExactly(Capability.CAP_KILL, Capability.CAP_SETUID);
    configure("capabilities = []");
    assertThat(plan(security(Map.of())).process().capabilities().bounding()).isEmpty();
  }

  @Test
  void profilesOfTheNodeStandForTheDefaultAndConfineThePrivileged() throws IOException {
    Path one = profile("one.json", "SCMP_ACT_LOG");
    Path other = profile("other.json", "SCMP_ACT_TRAP");
    configure(
        "seccomp_profile = \"%s\"\nprivileged_seccomp_profile = \"%s\"".formatted(one, other));
    assertThat(plan(security(Map.of())).seccomp().orElseThrow().defaultAction())
        .isEqualTo("SCMP_ACT_LOG");
    assertThat(plan(security(Map.of("privileged", true))).seccomp().orElseThrow().defaultAction())
        .isEqualTo("SCMP_ACT_TRAP");
    configure("seccomp_profile = \"/missing\"");
    assertThatThrownBy(() -> plan(security(Map.of()))).hasMessageContaining("/missing");
  }

  private Path profile(String name, String action) throws IOException {
    return Files.writeString(
        directory.resolve(name), "{\"defaultAction\": \"%s\"}".formatted(action));
  }

  @Test
  void aLimitBelowTheHandlersLeastIsRefused() {
    LinuxResources enough = LinuxResources.builder().memoryLimit(4 << 20).build();
    LinuxResources unlimited = LinuxResources.builder().memoryLimit(-1).build();
    LinuxResources little = LinuxResources.builder().memoryLimit((4 << 20) - 1).build();
    assertThat(limited(enough).memoryLimit()).contains(4L << 20);
    assertThat(limited(unlimited).memoryLimit()).contains(-1L);
    assertThatThrownBy(() -> limited(little))
        .hasMessageContaining("memory limit 4194303 is below 4194304, the least");
  }

  @Test
  void aRootCanBeReadOnly() {
    assertThat(plan(security(Map.of("readOnlyRootfs", true))).root().readonly()).isTrue();
  }

  @Test
  void thePodsUserNamespaceIsJoinedWithItsIds() {
    Pod pod = pod(NamespaceMode.POD, NamespaceMode.POD, Optional.of(mapped()));
    ContainerSpec spec = plan(pod, container(security(Map.of()))).spec();
    assertThat(spec.namespaces())
        .contains(Namespace.join(Namespace.Kind.USER, "/state/pods/p/user"));
    assertThat(spec.uidMappings()).containsExactly(new IdMapping(0, 200_000, 65_536));
    assertThat(spec.gidMappings()).isEqualTo(spec.uidMappings());
  }

  @Test
  void labelsOfSelinuxAreTheProcesssAndTheFiles() {
    ContainerSpec spec =
        specs
            .plan(
                pod(),
                container(security(Map.of())),
                IMAGE,
                rootfs,
                Optional.of(new SelinuxLabels("u:r:p:s0", "u:r:f:s0")))
            .spec();
    assertThat(spec.process().selinuxLabel()).contains("u:r:p:s0");
    assertThat(spec.mountLabel()).contains("u:r:f:s0");
  }

  @Test
  void whatThePlanMountsIsAddedOnceItIsThere() {
    Pod pod = pod();
    Container container =
        container(security(Map.of()), host("/missing/here", "/etc/hosts", Map.of()));
    ContainerPlan plan = plan(pod, container);
    assertThat(plan.spec().mounts()).isEmpty();
    ContainerSpec spec =
        specs.complete(
            pod,
            container,
            plan,
            List.of(ContainerMount.of("/etc/hosts", "bind", "/real", "rbind", "rslave", "rw")));
    assertThat(spec.mounts())
        .filteredOn(mount -> mount.destination().equals("/etc/hosts"))
        .extracting(ContainerMount::source)
        .containsExactly("/real");
    assertThat(spec.rootfsPropagation()).contains("rslave");
    assertThat(spec.process()).isEqualTo(plan.spec().process());
  }

  @Test
  void withoutCdiItsDevicesAreRefused() {
    Pod pod = pod();
    Container container =
        container(security(Map.of()), Map.of("cdiDevices", List.of("vendor.com/gpu=0")));
    ContainerPlan plan = plan(pod, container);
    assertThatThrownBy(() -> specs.complete(pod, container, plan, List.of()))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("this node has CDI disabled");
  }

  @Test
  void anImageOfAHandlerThatIsNotHereIsRefused() {
    assertThat(plan(pod(), ofImageFor("runc")).spec().process().args()).containsExactly("serve");
    assertThatThrownBy(() -> plan(pod(), ofImageFor("kata")))
        .hasMessage("config.image.runtime_handler: runtime handler kata is unknown")
        .satisfies(
            e -> assertThat(((JcriException) e).kind()).isEqualTo(JcriException.Kind.INVALID));
  }

  private static Container ofImageFor(String handler) {
    return container(security(Map.of()), Map.of("imageHandler", Optional.of(handler)));
  }

  @Test
  void aWorkingDirectoryOfTheImageMustBeAbsolute() {
    ImageConfig relative =
        Samples.record(
            ImageConfig.class, Map.of("command", List.of("serve"), "workingDirectory", "here"));
    assertThatThrownBy(() ->
            specs.plan(pod(), container(security(Map.of())), relative, rootfs, Optional.empty()))
        .hasMessageContaining("has the working directory here, which is not absolute");
  }
}
