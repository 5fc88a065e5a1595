package io.jcri.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The word for each part of jcri. */
class TopicsTest {
  @ParameterizedTest
  @CsvSource({
    "io.jcri.daemon.app.Daemon, daemon",
    "io.jcri.daemon.core.Attempts, daemon",
    "io.jcri.daemon.container.LiveContainers, container",
    "io.jcri.daemon.streaming.link.ClientConnection, streaming",
    "io.jcri.daemon.nri.ttrpc.Peer, nri",
    "io.jcri.daemon.cri.CriServer, call",
    "io.jcri.daemon.cri.call.FailedCalls, call",
    "io.jcri.daemon.cri.image.PullImage, image",
    "io.jcri.daemon.pull.WorkerTask, image",
    "io.jcri.oci.snapshot.Snapshotter, image",
    "io.jcri.oci.runtime.RuntimeProcess, runtime",
    "io.jcri.cni.ResultCache, network",
    "io.jcri.sandbox.ExitWatch, pod",
    "io.jcri.shim.ExitWatch, container",
    "io.grpc.internal.ServerImpl, server",
    "sun.net.www.Http, java",
  })
  void ofALogger(String logger, String topic) {
    assertThat(Topics.of(logger)).isEqualTo(topic);
  }
}
