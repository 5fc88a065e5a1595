package io.jcri.daemon.cri.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.ContainerEventType;
import io.jcri.cri.v1.GetEventsRequest;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceImplBase;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.cri.Served;
import io.jcri.daemon.cri.SlowClient;
import io.jcri.daemon.cri.call.Streaming;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.events.PublishedEventsFile;
import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.PodPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.record.RecordStore;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events over a real socket. */
class GetContainerEventsTest {
  /** Of events this large few fit into the window of a connection. */
  private static final int LARGE = 32 << 10;

  /** What fits into that window and into the queue of a subscriber, and some more. */
  private static final int FAR_TOO_MANY = 2_000;

  @TempDir Path directory;
  Events events;
  Registry<Pod> pods;
  Served served;

  @BeforeEach
  void serve() throws Exception {
    events =
        new Events(PublishedEventsFile.open(directory.resolve("events"), "boot"), Clock.system());
    pods =
        new Registry<>(
            "pod sandbox",
            Pod::id,
            new RecordStore<>(directory.resolve("pods"), Pod.class),
            events.podWatcher());
    GetContainerEvents call = new GetContainerEvents(events);
    served =
        new Served(
            directory,
            new RuntimeServiceImplBase() {
              @Override
              public void getContainerEvents(
                  GetEventsRequest request, StreamObserver<ContainerEventResponse> observer) {
                Streaming.answer(
                    "GetContainerEvents",
                    call,
                    request,
                    observer,
                    GetContainerEvents.IN_FLIGHT_BYTES);
              }
            });
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
  }

  private SlowClient<GetEventsRequest, ContainerEventResponse> subscribe() {
    SlowClient<GetEventsRequest, ContainerEventResponse> client = new SlowClient<>();
    served.later().getContainerEvents(GetEventsRequest.getDefaultInstance(), client);
    return client;
  }

  private void run(String id) {
    pods.add(Samples.pod(id, 1));
    pods.update(id, pod -> pod.after(PodEvent.MADE));
  }

  @Test
  void anEventTellsAll() throws Exception {
    SlowClient<GetEventsRequest, ContainerEventResponse> client = subscribe();
    run("p");
    assertThat(client.take().getContainerEventType())
        .isEqualTo(ContainerEventType.CONTAINER_CREATED_EVENT);
    ContainerEventResponse started = client.take();
    assertThat(started.getContainerEventType())
        .isEqualTo(ContainerEventType.CONTAINER_STARTED_EVENT);
    assertThat(started.getContainerId()).isEqualTo("p");
    assertThat(started.getCreatedAt()).isPositive();
    assertThat(started.getPodSandboxStatus().getId()).isEqualTo("p");
    assertThat(started.getPodSandboxStatus().getState()).isEqualTo(PodSandboxState.SANDBOX_READY);
  }

  @Test
  void whoReadsNothingIsDroppedAndToldSo() throws Exception {
    SlowClient<GetEventsRequest, ContainerEventResponse> slow = subscribe();
    run("first");
    slow.take();
    slow.take();
    Map<String, Object> annotations = Map.of("annotations", Map.of("a", "x".repeat(LARGE)));
    PodConfig config = Samples.record(PodConfig.class, annotations);
    for (int i = 0; i < FAR_TOO_MANY; i++) {
      Map<String, Object> parts = Map.of("id", "p" + i, "config", config, "phase", PodPhase.READY);
      events.podWatcher().changed(Samples.record(Pod.class, parts));
    }
    slow.request(FAR_TOO_MANY);
    Status end = slow.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(end.getDescription())
        .startsWith("event subscriber 1 (a-test")
        .endsWith(
            "takes events too slowly: it was dropped with more than 1024 or 16777216 bytes"
                + " waiting");
  }

  /** The note says how many do. */
  private boolean nobodyListens() throws Exception {
    List<String> lines = Files.readAllLines(directory.resolve("events"));
    return lines.stream()
        .filter(line -> line.startsWith("subscribers "))
        .toList()
        .getLast()
        .equals("subscribers 0");
  }

  @Test
  void whoLeavesIsForgotten() throws Exception {
    SlowClient<GetEventsRequest, ContainerEventResponse> client = subscribe();
    run("p");
    client.take();
    client.cancel();
    assertThat(client.end().getCode()).isEqualTo(Status.Code.CANCELLED);
    while (!nobodyListens()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void theDaemonsEndCompletesTheStream() throws Exception {
    SlowClient<GetEventsRequest, ContainerEventResponse> client = subscribe();
    run("p");
    client.take();
    client.take();
    client.request(1);
    events.close();
    served.stop();
    assertThat(client.end().isOk()).as("completed, and not cut off").isTrue();
  }
}
