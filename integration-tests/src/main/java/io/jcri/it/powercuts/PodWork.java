package io.jcri.it.powercuts;

import io.grpc.StatusRuntimeException;
import io.jcri.it.powercuts.Ledger.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes pods with containers that write to their disks, and removes them, until the power goes. */
final class PodWork implements Runnable {
  private static final int POD_COUNT = 4;
  private static final List<String> PROGRAM =
      List.of(
          "sh",
          "-c",
          "while true; do head -c 50000 /dev/urandom >> /written; sync /written; usleep 50000; done");

  private final CutMachine machine;
  private final Pods pods;
  private final Ledger ledger;
  private final String prefix;
  private final Random random;

  /**
   * @param prefix of the names of pods, nobody else's
   */
  PodWork(CutMachine machine, Ledger ledger, String prefix, long seed) {
    this.machine = machine;
    this.pods = new Pods(machine.client(), machine.cgroup());
    this.ledger = ledger;
    this.prefix = prefix;
    this.random = new Random(seed);
  }

  @Override
  public void run() {
    List<String> made = new ArrayList<>();
    for (int i = 0; machine.hasPower(); i++) {
      try {
        if (made.size() >= POD_COUNT) {
          pods.remove(made.remove(random.nextInt(made.size())));
        }
        String pod = pods.run(prefix + i, random.nextInt(4) == 0);
        made.add(pod);
        List<String> images =
            ledger.promises().entrySet().stream()
                .filter(each -> each.getValue() == Promise.THERE)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (!images.isEmpty() && random.nextInt(6) > 0) {
          String image = images.get(random.nextInt(images.size()));
          String container = pods.create(pod, "c", image, PROGRAM);
          if (random.nextInt(5) > 0) {
            pods.start(container);
          }
        }
      } catch (StatusRuntimeException e) {
        // an image may be removed meanwhile, and without power every call fails
      }
    }
  }
}
