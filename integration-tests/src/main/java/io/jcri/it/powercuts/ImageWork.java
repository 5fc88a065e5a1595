package io.jcri.it.powercuts;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.CriClient;
import io.jcri.it.powercuts.Ledger.Promise;
import java.util.List;
import java.util.Random;

/** Pulls images and removes them until the power goes. */
final class ImageWork implements Runnable {
  private final CutMachine machine;
  private final CriClient client;
  private final Ledger ledger;
  private final List<String> names;
  private final Random random;

  /**
   * @param names of images that nobody else pulls or removes
   */
  ImageWork(CutMachine machine, Ledger ledger, List<String> names, long seed) {
    this.machine = machine;
    this.client = machine.client();
    this.ledger = ledger;
    this.names = List.copyOf(names);
    this.random = new Random(seed);
  }

  @Override
  public void run() {
    while (machine.hasPower()) {
      String name = names.get(random.nextInt(names.size()));
      boolean there = ledger.promises().get(name) == Promise.THERE;
      boolean pull = !there || random.nextInt(3) == 0;
      ImageSpec image = ImageSpec.newBuilder().setImage(name).build();
      if (!there || !pull) {
        ledger.begin(name);
      } // to pull what is there takes nothing away
      try {
        if (pull) {
          client.images().pullImage(PullImageRequest.newBuilder().setImage(image).build());
          ledger.end(name, Promise.THERE, machine::hasPower);
        } else {
          client.images().removeImage(RemoveImageRequest.newBuilder().setImage(image).build());
          ledger.end(name, Promise.GONE, machine::hasPower);
        }
      } catch (StatusRuntimeException e) {
        // nothing is promised
      }
    }
  }
}
