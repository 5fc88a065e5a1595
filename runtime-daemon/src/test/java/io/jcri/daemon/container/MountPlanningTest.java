package io.jcri.daemon.container;

import static io.jcri.daemon.container.PlannedContainers.ABLE;
import static io.jcri.daemon.container.PlannedContainers.STATE;
import static io.jcri.daemon.container.PlannedContainers.container;
import static io.jcri.daemon.container.PlannedContainers.host;
import static io.jcri.daemon.container.PlannedContainers.image;
import static io.jcri.daemon.container.PlannedContainers.mapped;
import static io.jcri.daemon.container.PlannedContainers.pod;
import static io.jcri.daemon.container.PlannedContainers.security;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.OciException;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.IdMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountPlanningTest {
  private static final SecurityContext PLAIN = security(Map.of());
  private static final Optional<String> LABEL = Optional.of("system_u:object_r:x:s0:c1,c2");

  private boolean zoned;
  private final MountPlanning planning =
      new MountPlanning(new Layout(STATE, STATE), () -> true, () -> zoned);

  private MountPlan plan(Pod pod, SecurityContext security, VolumeMount... mounts) {
    return planning.plan(pod, container(security, mounts), Set.of(), Optional.empty(), () -> ABLE);
  }

  private MountPlan plan(Set<String> declared, Optional<String> label, VolumeMount... mounts) {
    return planning.plan(pod(), container(PLAIN, mounts), declared, label, () -> ABLE);
  }

  /** As if each request had become a mount of something with its number. */
  private static List<String> places(MountPlan plan) {
    List<ContainerMount> shown =
        Stream.concat(plan.declared().stream(), plan.asked().stream())
            .flatMap(request ->
                switch (request) {
                  case MountRequest.HostPath path -> Stream.of(path.bind().containerPath());
                  case MountRequest.OfImage image -> Stream.of(image.containerPath());
                  case MountRequest.TimeZone() -> Stream.of("/etc/localtime");
                  case MountRequest.Declared volumes -> volumes.places().stream();
                })
            .map(place -> ContainerMount.bind("own", place, false))
            .toList();
    return plan.with(shown).stream()
        .map(mount -> mount.destination() + (mount.source().equals("own") ? " own" : ""))
        .toList();
  }

  private static Map<String, String> options(MountPlan plan) {
    return plan.defaults().stream()
        .collect(
            Collectors.toMap(
                ContainerMount::destination,
                mount -> mount.source() + " " + String.join(",", mount.options())));
  }

  @Test
  void aPlainContainerHasTheKernelsFileSystemsAndThePodsFiles() {
    MountPlan plan = plan(pod(), PLAIN);
    assertThat(places(plan))
        .containsExactly(
            "/proc",
            "/dev",
            "/sys",
            "/dev/pts",
            "/dev/mqueue",
            "/dev/shm",
            "/etc/hostname",
            "/etc/hosts",
            "/etc/resolv.conf",
            "/sys/fs/cgroup");
    assertThat(options(plan))
        .containsEntry("/sys", "sysfs nosuid,noexec,nodev,ro")
        .containsEntry("/sys/fs/cgroup", "cgroup nosuid,noexec,nodev,relatime,ro")
        .containsEntry("/dev/shm", "/state/pods/p/shm rbind,rprivate")
        .containsEntry("/etc/hosts", "/state/pods/p/hosts rbind,rprivate,rw");
  }

  @Test
  void aPrivilegedOneMayWriteToTheKernel() {
    assertThat(options(plan(pod(), security(Map.of("privileged", true)))))
        .containsEntry("/sys", "sysfs nosuid,noexec,nodev,rw")
        .containsEntry("/sys/fs/cgroup", "cgroup nosuid,noexec,nodev,relatime,rw");
  }

  @Test
  void thePodsFilesAreAsReadOnlyAsTheRoot() {
    assertThat(options(plan(pod(), security(Map.of("readOnlyRootfs", true)))))
        .containsEntry("/etc/hosts", "/state/pods/p/hosts rbind,rprivate,ro")
        .containsEntry("/etc/hostname", "/state/pods/p/hostname rbind,rprivate,ro")
        .containsEntry("/etc/resolv.conf", "/state/pods/p/resolv.conf rbind,rprivate,ro");
  }

  @Test
  void inAUserNamespaceWhatIsTheNodesIsBound() {
    MountPlan own = plan(pod(NamespaceMode.POD, NamespaceMode.POD, Optional.of(mapped())), PLAIN);
    assertThat(options(own).get("/sys")).startsWith("sysfs ");
    assertThat(options(own).get("/dev/mqueue")).startsWith("mqueue ");
    MountPlan nodes =
        plan(pod(NamespaceMode.NODE, NamespaceMode.NODE, Optional.of(mapped())), PLAIN);
    assertThat(options(nodes).get("/sys")).startsWith("/sys rbind");
    assertThat(options(nodes).get("/dev/mqueue")).startsWith("/dev/mqueue rbind");
    assertThat(options(nodes)).containsEntry("/dev/shm", "/dev/shm rbind,rprivate");
  }

  @Test
  void whatIsAskedForBeatsWhatEveryContainerHas() {
    assertThat(
            places(
                plan(
                    pod(),
                    PLAIN,
                    host("/h", "/etc//hosts", Map.of()),
                    host("/h", "/dev", Map.of()),
                    host("/h", "/a", Map.of()))))
        .containsExactly(
            "/proc",
            "/sys",
            "/dev own",
            "/a own",
            "/etc/hostname",
            "/etc/resolv.conf",
            "/etc/hosts own",
            "/sys/fs/cgroup");
  }

  @Test
  void parentsComeFirstAndThePodsMountsCoverTheImages() {
    MountPlan plan =
        plan(
            Set.of("/data", "/x/y", "/proc/z"),
            Optional.empty(),
            host("/h", "/data/sub", Map.of()),
            image("i", "/img"),
            host("/h", "/x/w", Map.of()));
    assertThat(places(plan))
        .containsSubsequence("/data own", "/img own", "/x/y own", "/data/sub own", "/x/w own");
    assertThat(plan.declared())
        .containsExactly(
            new MountRequest.Declared(
                List.of("/data", "/x/y"),
                Map.of("/proc/z", "every container has something of its own there"),
                Optional.empty()));
  }

  @Test
  void anImageVolumeIsNumberedByItsPlace() {
    assertThat(plan(Set.of(), LABEL, host("/h", "/a", Map.of()), image("i", "/b")).asked().get(1))
        .isEqualTo(
            new MountRequest.OfImage(
                1, new ImageVolume("i", "", "", Optional.empty()), "/b", List.of(), LABEL));
  }

  @Test
  void onlyWhatIsToBeRelabelledGetsTheLabel() {
    MountPlan plan =
        plan(
            Set.of("/v"),
            LABEL,
            host("/h", "/a", Map.of()),
            host("/h", "/b", Map.of("relabel", true)));
    assertThat(plan.asked())
        .extracting(request -> ((MountRequest.HostPath) request).label())
        .containsExactly(Optional.empty(), LABEL);
    assertThat(plan.declared())
        .extracting(request -> ((MountRequest.Declared) request).label())
        .containsExactly(LABEL);
    assertThat(plan(Set.of(), Optional.empty(), host("/h", "/b", Map.of("relabel", true))).asked())
        .extracting(request -> ((MountRequest.HostPath) request).label())
        .containsExactly(Optional.empty());
  }

  @Test
  void whereVolumesAreIgnoredNothingIsDeclared() {
    MountPlanning without = new MountPlanning(new Layout(STATE, STATE), () -> false, () -> zoned);
    assertThat(
            without
                .plan(pod(), container(PLAIN), Set.of("/v"), Optional.empty(), () -> ABLE)
                .declared())
        .isEmpty();
  }

  @Test
  void anImageThatDeclaresTooMuchIsRefused() {
    Set<String> many = IntStream.range(0, 257).mapToObj(i -> "/v" + i).collect(Collectors.toSet());
    assertThatThrownBy(() -> plan(many, Optional.empty()))
        .hasMessageContaining("declares 257 volumes but a container may have 256")
        .satisfies(e -> assertThat(((JcriException) e).kind()).isEqualTo(Kind.FAILED_PRECONDITION));
  }

  @Test
  void whatTheRuntimeCantDoIsRefused() {
    VolumeMount recursive = host("/h", "/a", Map.of("readOnly", true, "recursiveReadOnly", true));
    assertThatThrownBy(() -> plan(RuntimeFeatures.UNKNOWN, recursive))
        .hasMessage(
            "runtime handler runc and this kernel can't mount /h at /a recursively read-only")
        .satisfies(e -> assertThat(((JcriException) e).kind()).isEqualTo(Kind.RRO_UNSUPPORTED));
    VolumeMount option = host("/h", "/a", Map.of("options", List.of("noexec", "nosymfollow")));
    assertThatThrownBy(() -> plan(RuntimeFeatures.UNKNOWN, option))
        .hasMessage("runtime handler runc does not know option nosymfollow of mount /a")
        .satisfies(e -> assertThat(((JcriException) e).kind()).isEqualTo(Kind.FAILED_PRECONDITION));
    List<IdMapping> ids = List.of(new IdMapping(0, 1, 1));
    VolumeMount mapped = host("/h", "/a", Map.of("uidMappings", ids, "gidMappings", ids));
    assertThatThrownBy(() -> plan(RuntimeFeatures.UNKNOWN, mapped))
        .hasMessage("the runtime cannot id-map the mount /a")
        .satisfies(e ->
            assertThat(((OciException) e).kind()).isEqualTo(OciException.Kind.FAILED_PRECONDITION));
    assertThat(plan(ABLE, recursive, mapped).asked()).hasSize(2);
  }

  private MountPlan plan(RuntimeFeatures features, VolumeMount... mounts) {
    return planning.plan(
        pod(), container(PLAIN, mounts), Set.of(), Optional.empty(), () -> features);
  }

  /** The answer may take as long as the runtime's first call. */
  @Test
  void theRuntimeIsAskedOnlyWhenThereIsSomethingToAsk() {
    Supplier<RuntimeFeatures> none =
        () -> {
          throw new IllegalStateException("asked");
        };
    assertThat(planning.plan(pod(), container(PLAIN), Set.of("/v"), Optional.empty(), none).asked())
        .isEmpty();
  }

  @Test
  void nothingIsMadeOnTheNode(@TempDir Path directory) {
    Path missing = directory.resolve("missing");
    assertThat(plan(pod(), PLAIN, host(missing.toString(), "/a", Map.of())).asked()).hasSize(1);
    assertThat(missing).doesNotExist();
  }

  @Test
  void theNodesZoneIsMountedUnlessThePodsOwnMountIsThere() {
    zoned = true;
    assertThat(planned().declared()).containsExactly(new MountRequest.TimeZone());
    assertThat(planned(host("/usr/x", "/etc/localtime", Map.of())).declared()).isEmpty();
    assertThat(planned(host("/own", "/etc/", Map.of())).declared()).isEmpty();
    assertThat(planned(host("/own", "/etc/other", Map.of())).declared()).hasSize(1);
  }

  private MountPlan planned(VolumeMount... mounts) {
    return planning.plan(
        pod(), container(security(Map.of()), mounts), Set.of(), Optional.empty(), () -> ABLE);
  }
}
