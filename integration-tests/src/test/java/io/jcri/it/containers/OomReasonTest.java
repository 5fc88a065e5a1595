package io.jcri.it.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.node.Cgroup;
import io.jcri.it.node.ParentCgroup;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many ends at once, some of them by the kernel for want of memory, and others that look like it.
 * {@code JCRI_OOM_ROUNDS} asks for more rounds than a test affords.
 */
class OomReasonTest {
  private static final int ROUNDS =
      Integer.parseInt(System.getenv().getOrDefault("JCRI_OOM_ROUNDS", "2"));
  private static final int PODS = 10;
  private static final String GREEDY = "x=a; while :; do x=$x$x; done";

  /** How containers end, and what is to be told of each. */
  private enum Kind {
    FIRST_PROCESS(GREEDY, "OOMKilled 137"),
    CHILD_WHOSE_CODE_IS_PASSED_ON("(" + GREEDY + "); exit $?", "OOMKilled 137"),
    CHILD_AMONG_OTHERS("sleep 1000 & (" + GREEDY + ") & wait $!; exit $?", "OOMKilled 137"),
    CHILD_OF_ONE_THAT_COMPLETES("(" + GREEDY + "); exit 0", "Completed 0"),
    CHILD_OF_ONE_THAT_FAILS("(" + GREEDY + "); exit 3", "Error 3"),
    WHOLE_GROUP("(" + GREEDY + ") & wait $!; exit $?", "OOMKilled 137"),
    CHILD_OF_ONE_THAT_WE_STOP("(" + GREEDY + "); echo on; exec sleep 1000", "Error 137"),
    STOPPED_BY_US("echo on; exec sleep 1000", "Error 137"),
    KILLED_BY_A_STRANGER("echo on; exec sleep 1000", "Error 137"),
    CODE_OF_ITS_OWN("sh -c 'kill -9 $$'; exit $?", "Error 137");

    final String line;
    final String expected;

    Kind(String line, String expected) {
      this.line = line;
      this.expected = expected;
    }
  }

  private record Victim(Kind kind, ParentCgroup parent, TestPod pod, TestContainer container) {}

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void eachEndHasItsOwnReason() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      wrong.addAll(round());
    }
    System.out.printf("%d rounds of %d pods: %d wrong%n", ROUNDS, PODS, wrong.size());
    assertThat(wrong).isEmpty();
  }

  /** One pod for each kind; all have begun before the first is asked how it ended. */
  private static List<String> round() throws IOException {
    List<Victim> victims = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      victims.add(start(kind));
    }
    List<String> wrong = new ArrayList<>();
    for (Victim victim : victims) {
      endByHand(victim);
      ContainerStatus status = victim.container.awaitExit();
      String told = status.getReason() + " " + status.getExitCode();
      if (!told.equals(victim.kind.expected)) {
        wrong.add("%s: %s, not %s".formatted(victim.kind, told, victim.kind.expected));
      }
    }
    for (Victim victim : victims) {
      victim.pod.stop();
      victim.pod.remove();
      victim.parent.close();
    }
    return wrong;
  }

  private static Victim start(Kind kind) throws IOException {
    ParentCgroup parent = ParentCgroup.of(NODE);
    PodSandboxConfig.Builder sandbox = NODE.hostNetworkConfig();
    sandbox.getLinuxBuilder().setCgroupParent(parent.path());
    TestPod pod = NODE.pod(sandbox);
    return new Victim(kind, parent, pod, pod.start(config(pod, kind)));
  }

  private static ContainerConfig.Builder config(TestPod pod, Kind kind) {
    ContainerConfig.Builder config = pod.container("sh", "-c", kind.line + "; true");
    var resources =
        config
            .getLinuxBuilder()
            .getResourcesBuilder()
            .setMemoryLimitInBytes(32 << 20)
            .setMemorySwapLimitInBytes(32 << 20);
    if (kind == Kind.WHOLE_GROUP && Cgroup.unified()) {
      resources.putUnified("memory.oom.group", "1"); // as the kubelet does
    }
    return config;
  }

  private static void endByHand(Victim victim) throws IOException {
    switch (victim.kind) {
      case CHILD_OF_ONE_THAT_WE_STOP, STOPPED_BY_US -> {
        victim.container.awaitLog("on");
        victim.container.stop(0);
      }
      case KILLED_BY_A_STRANGER -> {
        victim.container.awaitLog("on");
        Command.of("kill", "-KILL", Integer.toString(victim.container.pid())).run().orThrow();
      }
      default -> {}
    }
  }
}
