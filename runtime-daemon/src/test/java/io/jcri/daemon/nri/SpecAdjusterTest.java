package io.jcri.daemon.nri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerAdjustment;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.Namespace;
import io.jcri.oci.spec.SpecWriter;
import io.jcri.sandbox.cgroup.Cgroups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Adjustments as they end up in config.json. */
class SpecAdjusterTest {
  private static final DeviceNode NULL =
      new DeviceNode("/dev/x", "c", 1, 3, Optional.empty(), Optional.empty(), Optional.empty());
  private static final ContainerSpec SPEC =
      ContainerSpec.builder(
              ContainerProcess.of(List.of("sleep", "1")).toBuilder()
                  .env(List.of("PATH=/bin", "A=1", "B=2"))
                  .build(),
              new ContainerSpec.Root("/rootfs", false))
          .mounts(
              List.of(
                  ContainerMount.of("/proc", "proc", "proc"),
                  ContainerMount.bind("/host", "/data", false)))
          .namespaces(
              List.of(
                  Namespace.fresh(Namespace.Kind.MOUNT),
                  Namespace.join(Namespace.Kind.NETWORK, "/ns/net")))
          .devices(List.of(NULL))
          .resources(
              LinuxResources.builder()
                  .cpuShares(100)
                  .devices(List.of(DeviceRule.DENY_ALL, DeviceRule.allow(NULL, "rw")))
                  .build())
          .cgroupsPath(Optional.of("/pod/c"))
          .build();

  private final SpecAdjuster adjuster;

  SpecAdjusterTest() throws IOException {
    this.adjuster = new SpecAdjuster(CgroupSupport.of(Cgroups.detect(), Path.of("/")));
  }

  private ContainerSpec adjust(ContainerAdjustment wanted) {
    return adjuster.adjust(
        SPEC,
        wanted,
        (spec, names) ->
            spec.toBuilder().annotations(Map.of("cdi", String.join(",", names))).build());
  }

  @Test
  void withoutAdjustmentsTheSpecificationIsTheSame() {
    assertThat(adjust(ContainerAdjustment.getDefaultInstance())).isSameAs(SPEC);
  }

  @Test
  void aVariableThatIsSetAnewStaysInItsPlace() {
    ContainerAdjustment.Builder wanted = ContainerAdjustment.newBuilder();
    wanted.addEnvBuilder().setKey("-B");
    wanted.addEnvBuilder().setKey("-A");
    wanted.addEnvBuilder().setKey("A").setValue("one");
    wanted.addEnvBuilder().setKey("C").setValue("3=3");
    assertThat(adjust(wanted.build()).process().env())
        .containsExactly("PATH=/bin", "A=one", "C=3=3");
  }

  @Test
  void parentsAreMountedBeforeWhatLiesBelowThem() {
    ContainerAdjustment.Builder wanted = ContainerAdjustment.newBuilder();
    wanted.addMountsBuilder().setDestination("/data/below/it").setType("tmpfs");
    wanted.addMountsBuilder().setDestination("/data").setType("tmpfs");
    assertThat(adjust(wanted.build()).mounts())
        .extracting(ContainerMount::destination, ContainerMount::type)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("/proc", "proc"),
            org.assertj.core.groups.Tuple.tuple("/data", "tmpfs"),
            org.assertj.core.groups.Tuple.tuple("/data/below/it", "tmpfs"));
  }

  @Test
  void aMountOnARelativePathIsRefused() {
    ContainerAdjustment.Builder wanted = ContainerAdjustment.newBuilder();
    wanted.addMountsBuilder().setDestination("data");
    assertThatThrownBy(() -> adjust(wanted.build()))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("\"data\"");
  }

  @Test
  void aDeviceComesAndGoesWithItsRule() {
    ContainerAdjustment.Builder wanted = ContainerAdjustment.newBuilder();
    wanted.getLinuxBuilder().addDevicesBuilder().setPath("-/dev/x");
    wanted
        .getLinuxBuilder()
        .addDevicesBuilder()
        .setPath("/dev/y")
        .setType("b")
        .setMajor(8)
        .setMinor(1);
    ContainerSpec adjusted = adjust(wanted.build());
    assertThat(adjusted.devices()).extracting(DeviceNode::path).containsExactly("/dev/y");
    assertThat(adjusted.resources().devices())
        .containsExactly(
            DeviceRule.DENY_ALL, DeviceRule.allow(adjusted.devices().getFirst(), "rwm"));
    assertThat(adjusted.resources().cpuShares()).contains(100L);
  }

  @Test
  void aNamespaceThatIsRemovedIsTheHosts() {
    ContainerAdjustment.Builder wanted = ContainerAdjustment.newBuilder();
    wanted.getLinuxBuilder().addNamespacesBuilder().setType("-network");
    wanted.getLinuxBuilder().addNamespacesBuilder().setType("time");
    assertThat(adjust(wanted.build()).namespaces())
        .extracting(Namespace::kind)
        .containsExactlyInAnyOrder(Namespace.Kind.MOUNT, Namespace.Kind.TIME);
    wanted.getLinuxBuilder().addNamespacesBuilder().setType("neverland");
    assertThatThrownBy(() -> adjust(wanted.build())).hasMessageContaining("neverland");
  }

  @Test
  void cdiDevicesAreInjectedFirst() {
    ContainerAdjustment.Builder wanted =
        ContainerAdjustment.newBuilder().putAnnotations("own", "1");
    wanted.addCDIDevicesBuilder().setName("v.com/c=d");
    assertThat(adjust(wanted.build()).annotations())
        .containsExactlyInAnyOrderEntriesOf(Map.of("cdi", "v.com/c=d", "own", "1"));
  }

  @Test
  void anotherCgroupIsRefusedSinceMuchElseGoesByIt() {
    ContainerAdjustment.Builder wanted = ContainerAdjustment.newBuilder();
    wanted.getLinuxBuilder().setCgroupsPath("/elsewhere");
    assertThatThrownBy(() -> adjust(wanted.build())).hasMessageContaining("/elsewhere");
    wanted.getLinuxBuilder().setCgroupsPath("/pod/c");
    assertThat(adjust(wanted.build()).cgroupsPath()).contains("/pod/c");
  }

  @Test
  void theRestEndsUpInTheFile() {
    ContainerAdjustment.Builder wanted = ContainerAdjustment.newBuilder();
    wanted.addRlimitsBuilder().setType("RLIMIT_CORE").setHard(-1).setSoft(7);
    NriApi.LinuxContainerAdjustment.Builder linux = wanted.getLinuxBuilder();
    linux.getResourcesBuilder().getMemoryBuilder().getReservationBuilder().setValue(4096);
    linux.getResourcesBuilder().getMemoryBuilder().getSwappinessBuilder().setValue(0);
    linux.getResourcesBuilder().getCpuBuilder().getRealtimeRuntimeBuilder().setValue(950);
    linux.getResourcesBuilder().getRdtClassBuilder().setValue("gold");
    linux.getRdtBuilder().getSchemataBuilder().addValue("L3:0=f");
    linux
        .getSchedulerBuilder()
        .setPolicy(NriApi.LinuxSchedulerPolicy.SCHED_BATCH)
        .setNice(5)
        .addFlags(NriApi.LinuxSchedulerFlag.SCHED_FLAG_RESET_ON_FORK);
    linux.getIoPriorityBuilder().setClass_(NriApi.IOPrioClass.IOPRIO_CLASS_IDLE).setPriority(3);
    linux
        .getMemoryPolicyBuilder()
        .setMode(NriApi.MpolMode.MPOL_BIND)
        .setNodes("0")
        .addFlags(NriApi.MpolFlag.MPOL_F_STATIC_NODES);
    linux.putNetDevices("eth7", NriApi.LinuxNetDevice.newBuilder().setName("net1").build());
    linux.putNetDevices("eth8", NriApi.LinuxNetDevice.getDefaultInstance());
    linux.putSysctl("net.core.somaxconn", "9");
    linux
        .getSeccompPolicyBuilder()
        .setDefaultAction("SCMP_ACT_ALLOW")
        .addSyscallsBuilder()
        .addNames("mount")
        .setAction("SCMP_ACT_ERRNO")
        .addArgsBuilder()
        .setIndex(1)
        .setValue(-1)
        .setOp("SCMP_CMP_EQ");
    byte[] file = SpecWriter.toJson(adjust(wanted.build()));
    assertThat(new String(file, StandardCharsets.UTF_8))
        .contains("\"ociVersion\":\"1.3.0\"")
        .contains("{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551615,\"soft\":7}")
        .contains("\"memory\":{\"reservation\":4096,\"swappiness\":0}")
        .contains("\"realtimeRuntime\":950")
        .contains("\"intelRdt\":{\"closID\":\"gold\",\"schemata\":[\"L3:0=f\"]}")
        .contains(
            "\"scheduler\":{\"policy\":\"SCHED_BATCH\",\"nice\":5,"
                + "\"flags\":[\"SCHED_FLAG_RESET_ON_FORK\"]}")
        .contains("\"ioPriority\":{\"class\":\"IOPRIO_CLASS_IDLE\",\"priority\":3}")
        .contains(
            "\"memoryPolicy\":{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\","
                + "\"flags\":[\"MPOL_F_STATIC_NODES\"]}")
        .contains("\"netDevices\":{\"eth7\":{\"name\":\"net1\"},\"eth8\":{}}")
        .contains("\"sysctl\":{\"net.core.somaxconn\":\"9\"}")
        .contains("\"value\":18446744073709551615");
    // Plugins that join later are told the same.
    NriApi.Container.Builder told = NriApi.Container.newBuilder();
    SpecMessages.fill(told, SpecWriter.read(file));
    assertThat(told.getRlimits(0).getHard()).isEqualTo(-1);
    assertThat(told.getLinux().getScheduler()).isEqualTo(linux.getScheduler());
    assertThat(told.getLinux().getIoPriority()).isEqualTo(linux.getIoPriority());
    assertThat(told.getLinux().getNetDevicesMap()).isEqualTo(linux.getNetDevicesMap());
    assertThat(told.getLinux().getRdt().getClosId().getValue()).isEqualTo("gold");
    assertThat(told.getLinux().getResources().getMemory().getSwappiness().getValue()).isZero();
    assertThat(told.getLinux().getResources().getMemory().hasSwappiness()).isTrue();
  }
}
