package io.jcri.daemon.cri.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.JcriException;
import io.jcri.oci.OciException;
import io.jcri.shim.ShimException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** At which level a failure is told, and of what. */
class FailedCallsTest {
  private static Level level(String method, Exception failure) {
    return FailedCalls.level(method, ErrorMapping.status(failure), failure);
  }

  private static JcriException refused(String said) {
    return new JcriException(
        JcriException.Kind.INTERNAL,
        "container x could not be started: " + said,
        new ShimException(ShimException.Kind.REFUSED, said));
  }

  @Test
  void questionsAboutWhatIsNotThereAreSilent() {
    JcriException missing = JcriException.notFound("container", "x");
    assertThat(level("ContainerStatus", missing)).isEqualTo(Level.DEBUG);
    assertThat(level("RemoveContainer", missing)).isEqualTo(Level.DEBUG);
    assertThat(level("ExecSync", missing)).isEqualTo(Level.DEBUG);
    assertThat(level("StartContainer", missing)).isEqualTo(Level.INFO);
  }

  @Test
  void failingProbesAreSilentWhateverTheReason() {
    assertThat(level("ExecSync", JcriException.precondition("not running"))).isEqualTo(Level.DEBUG);
    assertThat(level("ExecSync", refused("exec: \"x\": executable file not found in $PATH")))
        .isEqualTo(Level.DEBUG);
    assertThat(level("ExecSync", new JcriException(JcriException.Kind.DEADLINE_EXCEEDED, "late")))
        .isEqualTo(Level.DEBUG);
  }

  @Test
  void aBadCommandIsTheUsersAndAnotherRefusalTheNodes() {
    assertThat(level("StartContainer", refused("exec: \"x\": executable file not found in $PATH")))
        .isEqualTo(Level.INFO);
    assertThat(level("StartContainer", refused("open `/nope`: No such file or directory")))
        .isEqualTo(Level.INFO);
    assertThat(level("StartContainer", refused("unable to apply cgroup configuration")))
        .isEqualTo(Level.WARN);
  }

  @Test
  void whatIsOursIsAnError() {
    assertThat(level("StopPodSandbox", new UncheckedIOException(new IOException("EIO"))))
        .isEqualTo(Level.ERROR);
    assertThat(level("ListContainers", new IllegalStateException("bug"))).isEqualTo(Level.ERROR);
  }

  @Test
  void onlyWhatNobodyHasForeseenIsABug() {
    assertThat(Faults.isBug(new IllegalStateException("x"))).isTrue();
    assertThat(Faults.isBug(new IOException(new NullPointerException("x")))).isTrue();
    assertThat(Faults.isBug(new IOException("EIO"))).isFalse();
    assertThat(Faults.isBug(new OciException(OciException.Kind.INTERNAL, "x"))).isFalse();
    assertThat(Faults.isBug(JcriException.invalid("x"))).isFalse();
  }

  @Test
  void requestsTellWhatTheyAreAbout() {
    assertThat(Subjects.of(ContainerStatusRequest.newBuilder().setContainerId("c").build()))
        .isEqualTo("container c");
    RunPodSandboxRequest.Builder run = RunPodSandboxRequest.newBuilder();
    run.getConfigBuilder().getMetadataBuilder().setNamespace("default").setName("web");
    assertThat(Subjects.of(run.build())).isEqualTo("pod default/web");
    CreateContainerRequest.Builder create = CreateContainerRequest.newBuilder();
    create.setPodSandboxId("p").getConfigBuilder().getMetadataBuilder().setName("nginx");
    assertThat(Subjects.of(create.build())).isEqualTo("container nginx in pod p");
    PullImageRequest.Builder pull = PullImageRequest.newBuilder();
    pull.getImageBuilder().setImage("busybox:1");
    assertThat(Subjects.of(pull.build())).isEqualTo("image busybox:1");
    assertThat(Subjects.of(StatusRequest.getDefaultInstance())).isEmpty();
  }
}
