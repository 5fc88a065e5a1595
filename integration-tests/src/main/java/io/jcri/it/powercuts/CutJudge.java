package io.jcri.it.powercuts;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.CriClient;
import io.jcri.it.powercuts.Album.Picture;
import io.jcri.it.powercuts.Ledger.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Looks at a machine that has booted after a cut: what was promised must be there, to the byte,
 * nothing may run, and everything can be removed without a trace. For one thread.
 */
final class CutJudge {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** What may run on a machine without pods, the daemon's own Java programs apart. */
  private static final Set<String> SERVANTS = Set.of("sh", "dash", "java", "jcri", "unshare");

  private final CutMachine machine;
  private final Album album;
  private final Ledger ledger;
  private final CutFigures figures;
  private final Random random;
  private final List<String> wrong = new ArrayList<>();

  CutJudge(CutMachine machine, Album album, Ledger ledger, CutFigures figures, long seed) {
    this.machine = machine;
    this.album = album;
    this.ledger = ledger;
    this.figures = figures;
    this.random = new Random(seed);
  }

  /** What is wrong, a line each; the ledger knows afterwards what was found. */
  List<String> look() throws IOException, InterruptedException {
    long asked = Files.size(machine.registry().log());
    CriClient client = machine.client();
    machine.commands().stream()
        .filter(command -> !SERVANTS.contains(command))
        .forEach(command -> wrong.add("started by itself: " + command));
    lookAtPods(client);
    List<Picture> listed = lookAtImages(client);
    if (!listed.isEmpty() && random.nextBoolean()) {
      prove(listed.get(random.nextInt(listed.size())));
    }
    removeEverything(client);
    boolean collected = random.nextInt(4) == 0 && removeOne(client, listed);
    lookAtLayers(listed);
    lookForLeftovers(listed, collected);
    if (Files.size(machine.registry().log()) != asked) {
      wrong.add("the registry was asked");
    }
    return wrong;
  }

  private void lookAtPods(CriClient client) {
    for (PodSandbox pod :
        client
            .runtime()
            .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
            .getItemsList()) {
      figures.pods++;
      if (pod.getMetadata().getName().isEmpty()
          || pod.getMetadata().getNamespace().isEmpty()
          || pod.getMetadata().getUid().isEmpty()) {
        wrong.add("the kubelet takes no status of pod %s like that".formatted(pod.getId()));
      }
      if (pod.getState() != PodSandboxState.SANDBOX_NOTREADY) {
        wrong.add("pod %s is %s".formatted(pod.getId(), pod.getState()));
      }
    }
    for (Container each : containers(client)) {
      figures.containers++;
      ContainerStatus status =
          client
              .runtime()
              .containerStatus(
                  ContainerStatusRequest.newBuilder().setContainerId(each.getId()).build())
              .getStatus();
      if (status.getImage().getImage().isEmpty()
          || status.getImageRef().isEmpty()
          || status.getMetadata().getName().isEmpty()) {
        wrong.add("the kubelet takes no status of container %s like that".formatted(each.getId()));
      }
      boolean ended = status.getState() == ContainerState.CONTAINER_EXITED;
      if (status.getState() == ContainerState.CONTAINER_UNKNOWN) {
        figures.unknown++; // its record was torn: it says so, and can be removed
      } else if (!ended || status.getReason().isEmpty()) {
        wrong.add(
            "container %s is %s, reason \"%s\""
                .formatted(each.getId(), status.getState(), status.getReason()));
      }
    }
  }

  private static List<Container> containers(CriClient client) {
    return client
        .runtime()
        .listContainers(ListContainersRequest.getDefaultInstance())
        .getContainersList();
  }

  /** Returns those that are listed. */
  private List<Picture> lookAtImages(CriClient client) {
    List<Picture> listed = new ArrayList<>();
    Map<String, Promise> promises = ledger.promises();
    for (Picture picture : album.pictures()) {
      boolean there =
          client
              .images()
              .imageStatus(
                  ImageStatusRequest.newBuilder()
                      .setImage(ImageSpec.newBuilder().setImage(picture.name()))
                      .build())
              .hasImage();
      Promise promise = promises.getOrDefault(picture.name(), Promise.EITHER);
      if (there) {
        listed.add(picture);
      }
      switch (promise) {
        case THERE -> {
          figures.promised++;
          if (there) {
            figures.kept++;
          } else {
            wrong.add("image %s is lost".formatted(picture.name()));
          }
        }
        case GONE -> {
          if (there) {
            wrong.add("image %s was removed and is back".formatted(picture.name()));
          }
        }
        case EITHER -> figures.underWay++;
      }
      ledger.note(picture.name(), there ? Promise.THERE : Promise.GONE);
    }
    return listed;
  }

  /** Has a container look at the files of its image. */
  private void prove(Picture picture) throws InterruptedException {
    Pods pods = new Pods(machine.client(), machine.cgroup());
    try {
      String pod = pods.run("proof", true);
      String container = pods.create(pod, "proof", picture.name(), Album.PROOF);
      pods.start(container);
      ContainerStatus end = pods.awaitEnd(container, LIMIT);
      figures.proofs++;
      if (end.getState() != ContainerState.CONTAINER_EXITED || end.getExitCode() != 0) {
        wrong.add(
            "a container of image %s ended with %d %s"
                .formatted(picture.name(), end.getExitCode(), end.getReason()));
      }
    } catch (StatusRuntimeException e) {
      wrong.add("no container of image %s: %s".formatted(picture.name(), e.getMessage()));
    }
  }

  private void removeEverything(CriClient client) {
    try {
      client.removeAllPods();
      for (Container each : containers(client)) {
        var _ =
            client
                .runtime()
                .removeContainer(
                    RemoveContainerRequest.newBuilder().setContainerId(each.getId()).build());
      }
    } catch (StatusRuntimeException e) {
      wrong.add("not everything can be removed: " + e.getMessage());
    }
  }

  /** With an image go the layers that nothing needs; returns whether there was one. */
  private boolean removeOne(CriClient client, List<Picture> listed) {
    if (listed.isEmpty()) {
      return false;
    }
    Picture picture = listed.remove(random.nextInt(listed.size()));
    var _ =
        client
            .images()
            .removeImage(
                RemoveImageRequest.newBuilder()
                    .setImage(ImageSpec.newBuilder().setImage(picture.name()))
                    .build());
    ledger.note(picture.name(), Promise.GONE);
    return true;
  }

  /**
   * Compares each file of the images that are listed, and of layers that the next pull or load will
   * find.
   */
  private void lookAtLayers(List<Picture> listed) throws IOException {
    Map<String, List<String>> seen = new HashMap<>();
    for (Picture picture : listed) {
      for (String diffId : picture.diffIds()) {
        if (!seen.containsKey(diffId)) {
          seen.put(diffId, differences(diffId));
        }
      }
    }
    for (String diffId : album.layers().keySet()) {
      if (!seen.containsKey(diffId)
          && Files.isDirectory(DiskFacts.layers(machine).resolve(hex(diffId)))) {
        figures.unneeded++;
        seen.put(diffId, differences(diffId));
      }
    }
    seen.forEach((diffId, differences) -> {
      figures.layers++;
      figures.wrongFiles += differences.size();
      differences.stream()
          .limit(5)
          .forEach(each -> wrong.add("layer %s: %s".formatted(diffId, each)));
    });
  }

  private List<String> differences(String diffId) throws IOException {
    Path tree = DiskFacts.layers(machine).resolve(hex(diffId)).resolve("diff");
    TreeFacts right = album.layers().get(diffId);
    if (right == null || !Files.isDirectory(tree)) {
      return List.of("there is no " + tree);
    }
    TreeFacts found = TreeFacts.of(tree);
    figures.files += found.facts().size();
    return found.differences(right);
  }

  private static String hex(String diffId) {
    return diffId.substring(diffId.indexOf(':') + 1);
  }

  /** Layers of images that were not whole stay for the next pull, until some image is removed. */
  private void lookForLeftovers(List<Picture> listed, boolean collected)
      throws IOException, InterruptedException {
    Set<String> needed = new java.util.HashSet<>();
    listed.forEach(picture -> picture.diffIds().forEach(diffId -> needed.add(hex(diffId))));
    if (!collected) {
      album.layers().keySet().forEach(diffId -> needed.add(hex(diffId)));
    }
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      List<String> left = DiskFacts.left(machine, needed);
      if (left.isEmpty() || System.nanoTime() - deadline > 0) {
        left.forEach(each -> wrong.add("left behind: " + each));
        return;
      }
      Thread.sleep(Duration.ofMillis(10));
    }
  }
}
