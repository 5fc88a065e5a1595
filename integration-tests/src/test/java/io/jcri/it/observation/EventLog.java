package io.jcri.it.observation;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.ContainerEventType;
import io.jcri.cri.v1.GetEventsRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** All events that one subscriber gets. Thread-safe. */
final class EventLog implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final CriClient client;
  private final List<ContainerEventResponse> events = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  EventLog(Path socket) {
    client = new CriClient(socket);
    RuntimeServiceGrpc.newStub(client.channel())
        .getContainerEvents(
            GetEventsRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(ContainerEventResponse event) {
                events.add(event);
              }

              @Override
              public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
  }

  List<ContainerEventResponse> all() {
    return List.copyOf(events);
  }

  /** What happened to one object, without the words around it: {@code CREATED}. */
  List<String> of(String id) {
    return events.stream()
        .filter(event -> event.getContainerId().equals(id))
        .map(event -> type(event.getContainerEventType()))
        .toList();
  }

  static String type(ContainerEventType type) {
    return type.name().replace("CONTAINER_", "").replace("_EVENT", "");
  }

  /** Waits until something has happened to an object. */
  void await(String id, String type) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> of(id).contains(type),
        () -> "no %s of %s in %s".formatted(type, id, of(id)));
  }

  /** Waits until so many things have happened. */
  void awaitCount(int count) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> events.size() >= count,
        () -> "%d events instead of %d".formatted(events.size(), count));
  }

  /** Waits until the stream is over. */
  Status end() throws Exception {
    return end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    client.close();
  }
}
