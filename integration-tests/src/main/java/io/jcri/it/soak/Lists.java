package io.jcri.it.soak;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;

/** How long lists take on a full node while many creations hang in a network plugin. */
final class Lists {
  private static final int HANGING = 50;
  private static final int MAKERS = 4;
  private static final int WARM_UP = 1000;
  private static final int CALLS = 2000;

  /** What the slowest of a hundred calls may take. */
  private static final double LIMIT_MILLIS = 5;

  private final SoakNode node;
  private final PrintStream out;

  Lists(SoakNode node, PrintStream out) {
    this.node = node;
    this.out = out;
  }

  /**
   * Measures it with that many pods.
   *
   * @return whether the limit is kept
   */
  boolean measure(int count) throws IOException, InterruptedException {
    SoakPods pods = new SoakPods(node);
    List<Thread> makers = new ArrayList<>();
    for (int i = 0; i < MAKERS; i++) {
      int first = i;
      makers.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int pod = first; pod < count; pod += MAKERS) {
                  pods.light(pod);
                }
              }));
    }
    join(makers);
    var runtime = node.client();
    IntSupplier listPods =
        () ->
            runtime
                .runtime()
                .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
                .getItemsCount();
    IntSupplier listContainers =
        () ->
            runtime
                .runtime()
                .listContainers(ListContainersRequest.getDefaultInstance())
                .getContainersCount();
    boolean good = tell("ListPodSandbox", "none hangs", listPods);
    good &= tell("ListContainers", "none hangs", listContainers);
    SleepingPlugin plugin = SleepingPlugin.install(node);
    Thread.sleep(2000); // the daemon says nowhere that it has read it
    List<Thread> hanging = new ArrayList<>();
    for (int i = 0; i < HANGING; i++) {
      String name = "hanging-" + i;
      hanging.add(Thread.ofPlatform().start(() -> hang(pods, name)));
    }
    plugin.await(HANGING);
    String when = HANGING + " hang";
    good &= tell("ListPodSandbox", when, listPods);
    good &= tell("ListContainers", when, listContainers);
    long still = plugin.count();
    plugin.wake();
    join(hanging);
    return good && still == HANGING;
  }

  private static void hang(SoakPods pods, String name) {
    try {
      pods.sandbox(name);
    } catch (StatusRuntimeException ignored) {
      // The plugin fails when it wakes.
    }
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private boolean tell(String call, String when, IntSupplier list) {
    for (int i = 0; i < WARM_UP; i++) {
      int _ = list.getAsInt();
    }
    double[] millis = new double[CALLS];
    int objects = 0;
    for (int i = 0; i < CALLS; i++) {
      long begin = System.nanoTime();
      objects = list.getAsInt();
      millis[i] = (System.nanoTime() - begin) / 1e6;
    }
    Arrays.sort(millis);
    double slow = millis[CALLS * 99 / 100];
    out.printf(
        Locale.ROOT,
        "%s of %d, %s: median %.2f ms, p99 %.2f ms, longest %.2f ms%n",
        call,
        objects,
        when,
        millis[CALLS / 2],
        slow,
        millis[CALLS - 1]);
    return slow <= LIMIT_MILLIS;
  }
}
