package io.jcri.it.streaming;

import io.jcri.cri.v1.AttachRequest;
import io.jcri.cri.v1.ExecRequest;
import io.jcri.cri.v1.PortForwardRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.util.List;

/** Asks a node for the URLs of sessions. */
final class Urls {
  private Urls() {}

  static ExecRequest.Builder exec(TestContainer container, String... command) {
    return ExecRequest.newBuilder()
        .setContainerId(container.id())
        .addAllCmd(List.of(command))
        .setStdout(true)
        .setStderr(true);
  }

  static AttachRequest.Builder attach(TestContainer container) {
    return AttachRequest.newBuilder()
        .setContainerId(container.id())
        .setStdin(true)
        .setStdout(true)
        .setStderr(true);
  }

  static String of(TestNode node, ExecRequest.Builder request) {
    return node.cri().runtime().exec(request.build()).getUrl();
  }

  static String of(TestNode node, AttachRequest.Builder request) {
    return node.cri().runtime().attach(request.build()).getUrl();
  }

  static String portForward(TestNode node, TestPod pod, Integer... ports) {
    return node.cri()
        .runtime()
        .portForward(
            PortForwardRequest.newBuilder()
                .setPodSandboxId(pod.id())
                .addAllPort(List.of(ports))
                .build())
        .getUrl();
  }
}
