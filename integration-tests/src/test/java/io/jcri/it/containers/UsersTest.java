package io.jcri.it.containers;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.LinuxContainerSecurityContext;
import io.jcri.cri.v1.LinuxContainerUser;
import io.jcri.cri.v1.SupplementalGroupsPolicy;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who a container's process is. */
class UsersTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void aUserIdNeedsNoEntryInTheImage() throws IOException {
    TestContainer container = start(NODE.busybox(), s -> s.getRunAsUserBuilder().setValue(4321));
    assertIs(container, 4321, 0);
  }

  @Test
  void aUserAndGroupIdAreTaken() throws IOException {
    TestContainer container =
        start(
            NODE.busybox(),
            s -> {
              s.getRunAsUserBuilder().setValue(1000);
              s.getRunAsGroupBuilder().setValue(2000);
            });
    assertIs(container, 1000, 2000);
    assertThat(status(container).getUid()).isEqualTo(1000);
    assertThat(status(container).getGid()).isEqualTo(2000);
  }

  @Test
  void aUserNameIsLookedUpInTheImage() throws IOException {
    assertIs(start(NODE.busybox(), s -> s.setRunAsUsername("www-data")), 33, 33);
  }

  @Test
  void theImagesUserCountsWhenNoneIsAskedFor() throws IOException {
    TestPodImages images = new TestPodImages();
    assertIs(start(images.of("1002"), s -> {}), 1002, 0);
    assertIs(start(images.of("www-data"), s -> {}), 33, 33);
    assertIs(start(images.of("1003:100"), s -> {}), 1003, 100);
    assertIs(start(images.of("www-data:nogroup"), s -> {}), 33, 65534);
  }

  @Test
  void supplementalGroupsAreAddedToTheImagesUnlessThePolicyIsStrict() throws IOException {
    String image = NODE.load("groups", TestImages.predefinedGroup());
    TestContainer merged =
        start(image, s -> s.addSupplementalGroups(1234).addSupplementalGroups(5678));
    assertThat(groups(merged)).contains("1234", "5678", "50000");

    TestContainer strict =
        start(
            image,
            s ->
                s.addSupplementalGroups(1234)
                    .setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict));
    assertThat(groups(strict)).contains("1234").doesNotContain("50000");
    assertThat(status(strict).getSupplementalGroupsList()).contains(1234L).doesNotContain(50000L);
  }

  @Test
  void aNameThatTheImageDoesNotKnowIsRefused() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("true");
    config.getLinuxBuilder().getSecurityContextBuilder().setRunAsUsername("nobody-here");
    assertRefused(() -> pod.create(config), Status.Code.INVALID_ARGUMENT, "nobody-here");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void anIdBeyondThirtyTwoBitsIsRefused() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("true");
    config.getLinuxBuilder().getSecurityContextBuilder().getRunAsUserBuilder().setValue(1L << 32);
    assertRefused(() -> pod.create(config), Status.Code.INVALID_ARGUMENT, "run_as_user");

    String overflow = NODE.load("overflow", TestImages.busybox().withUser("4294967296"));
    ContainerConfig.Builder image = pod.container("true");
    image.getImageBuilder().setImage(overflow);
    assertRefused(() -> pod.create(image), Status.Code.INVALID_ARGUMENT, "4294967296");
  }

  private static final class TestPodImages {
    String of(String user) throws IOException {
      return NODE.load("user-" + user.replace(':', '-'), TestImages.busybox().withUser(user));
    }
  }

  private static TestContainer start(
      String image, Consumer<LinuxContainerSecurityContext.Builder> security) throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(image);
    security.accept(config.getLinuxBuilder().getSecurityContextBuilder());
    return pod.start(config);
  }

  private static void assertIs(TestContainer container, long uid, long gid) {
    assertThat(container.sh("grep -E '^(Uid|Gid):' /proc/1/status | tr '\\t' ' '"))
        .isEqualTo("Uid: %1$d %1$d %1$d %1$d\nGid: %2$d %2$d %2$d %2$d".formatted(uid, gid));
    assertThat(container.sh("id -u; id -g")).isEqualTo(uid + "\n" + gid);
  }

  private static java.util.List<String> groups(TestContainer container) {
    return Arrays.asList(container.sh("grep Groups: /proc/1/status").split("\\s+", -1));
  }

  private static LinuxContainerUser status(TestContainer container) {
    return container.status().getUser().getLinux();
  }
}
