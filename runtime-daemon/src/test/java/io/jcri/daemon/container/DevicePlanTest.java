package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.DeviceRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DevicePlanTest {
  private static final DeviceNode NULL = node("/dev/null", 3);
  private static final DeviceNode FUSE = node("/dev/fuse", 229);

  /** A node with two devices, and a folder that has both. */
  private static final DevicePlan.Node NODE =
      new DevicePlan.Node() {
        @Override
        public List<DeviceNode> all() {
          return List.of(FUSE, NULL);
        }

        @Override
        public List<DeviceNode> at(Path hostPath, String containerPath) {
          return switch (hostPath.toString()) {
            case "/dev/fuse" -> List.of(node(containerPath, 229));
            case "/dev/all" ->
                List.of(node(containerPath + "/a", 1), node(containerPath + "/b", 2));
            default -> throw new IllegalArgumentException(hostPath.toString());
          };
        }
      };

  private static DeviceNode node(String path, long minor) {
    return new DeviceNode(
        path, "c", 10, minor, Optional.of(0666), Optional.of(0L), Optional.of(0L));
  }

  private static DevicePlan plan(boolean privileged, ContainerDevice... devices) {
    return DevicePlan.of(List.of(devices), privileged, NODE);
  }

  private static ContainerDevice device(String inside, String outside, String permissions) {
    return new ContainerDevice(inside, outside, permissions);
  }

  @Test
  void nothingIsAllowedThatIsNotAskedFor() {
    assertThat(plan(false)).isEqualTo(new DevicePlan(List.of(), List.of(DeviceRule.DENY_ALL)));
  }

  @Test
  void whatIsAskedForIsAllowedAfterAllWasDenied() {
    DevicePlan plan = plan(false, device("/dev/f", "/dev/fuse", "r"), device("/x", "/dev/all", ""));
    assertThat(plan.nodes()).containsExactly(node("/dev/f", 229), node("/x/a", 1), node("/x/b", 2));
    assertThat(plan.rules())
        .containsExactly(
            DeviceRule.DENY_ALL,
            DeviceRule.allow(node("/dev/f", 229), "r"),
            DeviceRule.allow(node("/x/a", 1), "rwm"),
            DeviceRule.allow(node("/x/b", 2), "rwm"));
  }

  @Test
  void aPrivilegedOneHasAllOfTheNodesAndThoseOfItsOwnWhereItWantsThem() {
    DevicePlan plan =
        plan(true, device("/dev/null", "/dev/fuse", "r"), device("/mine", "/dev/fuse", "rw"));
    assertThat(plan.nodes()).containsExactly(FUSE, node("/dev/null", 229), node("/mine", 229));
    assertThat(plan.rules()).containsExactly(DeviceRule.ALLOW_ALL);
  }

  @Test
  void theNodeIsOnlyLookedAt() {
    assertThat(
            DevicePlan.of(
                    List.of(device("/dev/zip", "/dev/zero", "rw")), false, DevicePlan.Node.HERE)
                .nodes())
        .singleElement()
        .satisfies(node -> {
          assertThat(node.path()).isEqualTo("/dev/zip");
          assertThat(node.major()).isEqualTo(1);
          assertThat(node.minor()).isEqualTo(5);
        });
  }
}
