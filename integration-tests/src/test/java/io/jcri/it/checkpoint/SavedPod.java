package io.jcri.it.checkpoint;

import static io.jcri.it.checkpoint.CheckpointCalls.COUNTER;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A pod with one counter, its checkpoint, and how to ask for it again. */
record SavedPod(TestPod pod, TestContainer counter, ContainerConfig config, Path folder) {
  /** Runs such a pod and checkpoints it; it runs on. */
  static SavedPod make(TestNode node) throws IOException {
    TestPod pod = node.pod();
    ContainerConfig config =
        pod.container(COUNTER).addEnvs(TestPod.variable("COLOR", "red")).build();
    TestContainer counter = pod.start(config.toBuilder());
    counter.awaitLog("count 3");
    Path folder = CheckpointCalls.folder(node);
    CheckpointCalls.pod(node, pod, folder, counter);
    return new SavedPod(pod, counter, config, folder);
  }

  /** A request that fits the checkpoint. */
  RestorePodRequest.Builder request(TestNode node) throws IOException {
    return CheckpointCalls.restoreRequest(
        folder, CheckpointCalls.another(node, pod.config()), List.of(config))
        .toBuilder();
  }

  /** What the container left. */
  Path archive() {
    return folder.resolve(counter.id() + ".tar");
  }
}
