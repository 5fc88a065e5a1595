package io.jcri.daemon.nri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerAdjustment;
import io.jcri.nri.v1alpha1.NriApi.ContainerUpdate;
import io.jcri.nri.v1alpha1.NriApi.CreateContainerResponse;
import io.jcri.nri.v1alpha1.NriApi.Field;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CreationTest {
  private static final String ID = "c1";

  private final Creation creation =
      new Creation(
          NriApi.Container.newBuilder()
              .setId(ID)
              .addEnv("OLD=1")
              .addEnv("PATH=/bin")
              .addMounts(NriApi.Mount.newBuilder().setDestination("/old"))
              .putAnnotations("old", "1")
              .build());

  /** Everything that only one plugin may set. */
  static Stream<Arguments> exclusive() {
    return Stream.of(
        field("Annotations", a -> a.putAnnotations("k", "v")),
        field("Mounts", a -> a.addMountsBuilder().setDestination("/m")),
        field("Env", a -> a.addEnvBuilder().setKey("K")),
        field("Args", a -> a.addArgs("sh")),
        field("Rlimits", a -> a.addRlimitsBuilder().setType("RLIMIT_CORE")),
        field("CdiDevices", a -> a.addCDIDevicesBuilder().setName("v/c=d")),
        field("Devices", a -> a.getLinuxBuilder().addDevicesBuilder().setPath("/dev/x")),
        field("Namespace", a -> a.getLinuxBuilder().addNamespacesBuilder().setType("uts")),
        field("Sysctl", a -> a.getLinuxBuilder().putSysctl("a.b", "1")),
        field(
            "LinuxNetDevices",
            a ->
                a.getLinuxBuilder()
                    .putNetDevices("eth1", NriApi.LinuxNetDevice.getDefaultInstance())),
        field("CgroupsPath", a -> a.getLinuxBuilder().setCgroupsPath("/x")),
        field("OomScoreAdj", a -> a.getLinuxBuilder().getOomScoreAdjBuilder().setValue(0)),
        field("IoPriority", a -> a.getLinuxBuilder().getIoPriorityBuilder().setPriority(1)),
        field("SeccompPolicy", a -> a.getLinuxBuilder().getSeccompPolicyBuilder()),
        field("LinuxSched", a -> a.getLinuxBuilder().getSchedulerBuilder().setNice(1)),
        field("MemoryPolicy", a -> a.getLinuxBuilder().getMemoryPolicyBuilder().setNodes("0")),
        field("RdtClosID", a -> a.getLinuxBuilder().getRdtBuilder().getClosIdBuilder()),
        field("MemLimit", a -> memory(a).getLimitBuilder().setValue(1)),
        field("MemSwapLimit", a -> memory(a).getSwapBuilder().setValue(0)),
        field("CPUShares", a -> cpu(a).getSharesBuilder().setValue(2)),
        field("CPUSetCPUs", a -> cpu(a).setCpus("0")),
        field("PidsLimit", a -> resources(a).getPidsBuilder().setLimit(9)),
        field("HugepageLimits", a -> resources(a).addHugepageLimitsBuilder().setPageSize("2MB")),
        field("CgroupsUnified", a -> resources(a).putUnified("memory.high", "1")),
        field("BlockioClass", a -> resources(a).getBlockioClassBuilder().setValue("x")),
        field("RdtClass", a -> resources(a).getRdtClassBuilder().setValue("x")));
  }

  private static Arguments field(String name, Consumer<ContainerAdjustment.Builder> set) {
    return Arguments.of(name, set);
  }

  private static NriApi.LinuxResources.Builder resources(ContainerAdjustment.Builder adjust) {
    return adjust.getLinuxBuilder().getResourcesBuilder();
  }

  private static NriApi.LinuxMemory.Builder memory(ContainerAdjustment.Builder adjust) {
    return resources(adjust).getMemoryBuilder();
  }

  private static NriApi.LinuxCPU.Builder cpu(ContainerAdjustment.Builder adjust) {
    return resources(adjust).getCpuBuilder();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("exclusive")
  void twoPluginsMayNotSetTheSame(String name, Consumer<ContainerAdjustment.Builder> set) {
    creation.take(adjustment(set), "10-one");
    assertThatThrownBy(() -> creation.take(adjustment(set), "20-two"))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining("10-one")
        .hasMessageContaining("20-two")
        .hasMessageContaining(name)
        .hasMessageContaining(ID);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("exclusive")
  void whatIsSetIsCollected(String name, Consumer<ContainerAdjustment.Builder> set) {
    CreateContainerResponse reply = adjustment(set);
    creation.take(reply, "10-one");
    assertThat(creation.adjustment())
        .as(name)
        .isNotEqualTo(ContainerAdjustment.getDefaultInstance());
    assertThat(creation.owners().of(ID, Field.valueOf(name))).isEqualTo("10-one");
  }

  @Test
  void theSecondPluginSeesWhatTheFirstHasMade() {
    creation.take(
        adjustment(a -> {
          a.addEnvBuilder().setKey("NEW").setValue("2");
          a.addEnvBuilder().setKey("-OLD");
          a.addMountsBuilder().setDestination("-/old");
          a.putAnnotations("-old", "").putAnnotations("new", "2");
          memory(a).getLimitBuilder().setValue(5);
        }),
        "10-one");
    NriApi.Container seen = creation.container();
    assertThat(seen.getEnvList()).containsExactly("PATH=/bin", "NEW=2");
    assertThat(seen.getMountsList()).isEmpty();
    assertThat(seen.getAnnotationsMap()).containsOnlyKeys("new");
    assertThat(seen.getLinux().getResources().getMemory().getLimit().getValue()).isEqualTo(5);
  }

  @Test
  void whoRemovesMaySetAnew() {
    creation.take(adjustment(a -> a.addEnvBuilder().setKey("K").setValue("1")), "10-one");
    creation.take(
        adjustment(a -> {
          a.addEnvBuilder().setKey("-K");
          a.addEnvBuilder().setKey("K").setValue("2");
        }),
        "20-two");
    assertThat(creation.container().getEnvList()).contains("K=2").doesNotContain("K=1");
    assertThatThrownBy(
            () -> creation.take(adjustment(a -> a.addEnvBuilder().setKey("K")), "30-three"))
        .hasMessageContaining("20-two");
  }

  @Test
  void argumentsCanBeTakenOver() {
    creation.take(adjustment(a -> a.addArgs("one")), "10-one");
    creation.take(adjustment(a -> a.addArgs("").addArgs("two").addArgs("three")), "20-two");
    assertThat(creation.adjustment().getArgsList()).containsExactly("two", "three");
  }

  @Test
  void hooksAddUp() {
    Consumer<ContainerAdjustment.Builder> hook =
        a -> a.getHooksBuilder().addPoststopBuilder().setPath("/bin/true");
    creation.take(adjustment(hook), "10-one");
    creation.take(adjustment(hook), "20-two");
    assertThat(creation.adjustment().getHooks().getPoststopCount()).isEqualTo(2);
    assertThat(creation.owners().of(ID, Field.OciHooks)).isEqualTo("10-one,20-two");
  }

  /** Protobuf's merge would leave 5. */
  @Test
  void aLimitOfZeroTakesThePlaceOfAnother() {
    NriApi.LinuxResources.Builder base = NriApi.LinuxResources.newBuilder();
    base.getCpuBuilder().getQuotaBuilder().setValue(5);
    NriApi.LinuxResources.Builder zero = NriApi.LinuxResources.newBuilder();
    zero.getCpuBuilder().getQuotaBuilder().setValue(0);
    ResourceMerge.overlay(base, zero.build());
    assertThat(base.getCpu().getQuota().getValue()).isZero();
  }

  @Test
  void updatesOfOthersAreMergedAndClashToo() {
    creation.take(update("other", 100, 0, false), "10-one");
    creation.take(update("other", 0, 7, false), "20-two");
    assertThat(creation.updates()).hasSize(1);
    var merged = creation.updates().getFirst().getLinux().getResources();
    assertThat(merged.getMemory().getLimit().getValue()).isEqualTo(100);
    assertThat(merged.getCpu().getShares().getValue()).isEqualTo(7);
    assertThatThrownBy(() -> creation.take(update("other", 1, 0, false), "30-three"))
        .hasMessageContaining("10-one")
        .hasMessageContaining("30-three");
    assertThatCode(() -> creation.take(update("other", 1, 0, true), "30-three"))
        .doesNotThrowAnyException();
    assertThat(creation.updates().getFirst().getLinux().getResources()).isEqualTo(merged);
  }

  @Test
  void theContainerItselfCantBeUpdatedYet() {
    assertThatThrownBy(() -> creation.take(update(ID, 1, 0, false), "10-one"))
        .hasMessageContaining("during its creation");
  }

  @Test
  void ownersAreToldInNrisForm() {
    creation.take(
        adjustment(a -> {
          a.addEnvBuilder().setKey("K");
          a.addArgs("sh");
        }),
        "10-one");
    NriApi.FieldOwners owners = creation.owners().message().getOwnersOrThrow(ID);
    assertThat(owners.getSimpleMap()).containsEntry(Field.Args_VALUE, "10-one");
    assertThat(owners.getCompoundOrThrow(Field.Env_VALUE).getOwnersMap())
        .containsEntry("K", "10-one");
  }

  private static CreateContainerResponse adjustment(Consumer<ContainerAdjustment.Builder> set) {
    ContainerAdjustment.Builder adjustment = ContainerAdjustment.newBuilder();
    set.accept(adjustment);
    return CreateContainerResponse.newBuilder().setAdjust(adjustment).build();
  }

  private static CreateContainerResponse update(
      String container, long memory, long shares, boolean ignoreFailure) {
    ContainerUpdate.Builder update =
        ContainerUpdate.newBuilder().setContainerId(container).setIgnoreFailure(ignoreFailure);
    NriApi.LinuxResources.Builder resources = update.getLinuxBuilder().getResourcesBuilder();
    if (memory != 0) {
      resources.getMemoryBuilder().getLimitBuilder().setValue(memory);
    }
    if (shares != 0) {
      resources.getCpuBuilder().getSharesBuilder().setValue(shares);
    }
    return CreateContainerResponse.newBuilder().addAllUpdate(List.of(update.build())).build();
  }
}
