package io.jcri.it.bench;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How it went when the same was done with many pods at once, in milliseconds.
 *
 * @param pods that each took which came through
 * @param calls that each call took, by its name
 * @param all from the first call to the last reply
 * @param errors of those that did not come through
 */
record Wave(Samples pods, Map<String, Samples> calls, double all, List<String> errors) {
  /** The calls that are made for one pod, one after the other. */
  @FunctionalInterface
  interface Client<T> {
    void call(T pod, Map<String, Samples> calls);
  }

  private record Ride(long nanos, Map<String, Samples> calls, String error) {}

  /** Lets a client loose on each pod, all at the same moment, and returns when all are through. */
  static <T> Wave of(List<T> pods, Client<T> client) throws IOException {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Ride>> rides = new ArrayList<>();
    List<Ride> done = new ArrayList<>();
    long begin;
    double all;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (T pod : pods) {
        rides.add(
            threads.submit(() -> {
              start.await();
              return ride(pod, client);
            }));
      }
      begin = System.nanoTime();
      start.countDown();
      for (Future<Ride> ride : rides) {
        done.add(ride.get());
      }
      all = (System.nanoTime() - begin) / 1e6;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("a client has failed", e);
    }
    return of(done, all);
  }

  private static <T> Ride ride(T pod, Client<T> client) {
    Map<String, Samples> calls = new LinkedHashMap<>();
    long begin = System.nanoTime();
    String error = "";
    try {
      client.call(pod, calls);
    } catch (StatusRuntimeException e) {
      error = String.valueOf(e.getMessage());
    }
    return new Ride(System.nanoTime() - begin, calls, error);
  }

  private static Wave of(List<Ride> rides, double all) {
    Wave wave = new Wave(new Samples(), new LinkedHashMap<>(), all, new ArrayList<>());
    for (Ride ride : rides) {
      ride.calls.forEach(
          (name, samples) -> wave.calls.computeIfAbsent(name, _ -> new Samples()).addAll(samples));
      if (ride.error.isEmpty()) {
        wave.pods.add(ride.nanos / 1e6);
      } else {
        wave.errors.add(ride.error);
      }
    }
    return wave;
  }

  /** The time of the call that took longest. */
  double longestCall() {
    return calls.values().stream().mapToDouble(Samples::most).max().orElse(Double.NaN);
  }
}
