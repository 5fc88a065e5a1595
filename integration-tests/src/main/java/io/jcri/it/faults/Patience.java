package io.jcri.it.faults;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.jcri.it.kit.CriClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes calls, and again when they fail, for as long as a kubelet would. For one thread. */
final class Patience {
  /** How long one thing is tried by a client that nobody waits for. */
  static final Duration LIMIT = Duration.ofMinutes(2);

  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Of one call: a daemon that was stopped for a while answers when it goes on. */
  private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

  private final CriClient client;
  private final Duration limit;
  private final List<String> errors = new ArrayList<>();
  private Duration slowest = Duration.ZERO;

  Patience(CriClient client) {
    this(client, LIMIT);
  }

  /**
   * @param limit how long one thing is tried
   */
  Patience(CriClient client, Duration limit) {
    this.client = client;
    this.limit = limit;
  }

  /** How long one thing may take until it is called a failure. */
  final class Clock {
    private final long deadline = System.nanoTime() + limit.toNanos();
    private boolean begun;

    /**
     * Whether it may be tried (again).
     *
     * @throws IllegalStateException naming {@code what} when it has taken too long
     */
    boolean goesOn(String what) {
      if (begun && System.nanoTime() - deadline > 0) {
        String last = errors.isEmpty() ? "no error" : errors.getLast();
        throw new IllegalStateException("%s took over %s: %s".formatted(what, limit, last));
      }
      begun = true;
      return true;
    }
  }

  Clock clock() {
    return new Clock();
  }

  /** The errors that calls were answered with. */
  List<String> errors() {
    return errors;
  }

  /** How long the slowest call took that was answered. */
  Duration slowest() {
    return slowest;
  }

  /** Makes a call once; nothing, after a pause, when it fails. */
  <T> Optional<T> tryOnce(Function<RuntimeServiceBlockingStub, T> call)
      throws InterruptedException {
    return tryOnce(() ->
        call.apply(
            RuntimeServiceGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)));
  }

  /** The same with a call about images. */
  <T> Optional<T> tryImages(Function<ImageServiceBlockingStub, T> call)
      throws InterruptedException {
    return tryOnce(() ->
        call.apply(
            ImageServiceGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)));
  }

  private <T> Optional<T> tryOnce(Supplier<T> call) throws InterruptedException {
    long begin = System.nanoTime();
    try {
      Optional<T> answer = Optional.of(call.get());
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      slowest = took.compareTo(slowest) > 0 ? took : slowest;
      return answer;
    } catch (StatusRuntimeException e) {
      errors.add(String.valueOf(e.getMessage()));
      Thread.sleep(PAUSE);
      client.channel().resetConnectBackoff();
      return Optional.empty();
    }
  }

  /** Makes a call until it is answered; empty when the answer is that there is no such thing. */
  <T> Optional<T> ask(String what, Function<RuntimeServiceBlockingStub, T> call)
      throws InterruptedException {
    for (Clock clock = clock(); clock.goesOn(what); ) {
      int before = errors.size();
      Optional<T> answer = tryOnce(call);
      if (answer.isPresent() || errors.get(before).startsWith("NOT_FOUND")) {
        return answer;
      }
    }
    throw new IllegalStateException(what);
  }

  /** Makes a call until it is answered. */
  <T> T call(String what, Function<RuntimeServiceBlockingStub, T> call)
      throws InterruptedException {
    for (Clock clock = clock(); clock.goesOn(what); ) {
      Optional<T> answer = tryOnce(call);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    throw new IllegalStateException(what);
  }
}
