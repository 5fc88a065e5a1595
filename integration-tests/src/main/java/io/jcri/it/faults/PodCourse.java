package io.jcri.it.faults;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxFilter;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StopContainerRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A pod from its making to its removal, by a client that is as patient as a kubelet: what fails is
 * tried again, and what is there already is taken up. For one thread; the results are read when it
 * has ended.
 */
final class PodCourse implements Course {
  private static final int ATTEMPTS = 8;
  private static final Duration BACK_OFF = Duration.ofMillis(300);

  private final NodeUnderFaults node;
  private final Patience patience;
  private final Random random;
  private final String name;
  private final List<Program> programs;
  private final PodRequests requests;
  private final List<ContainerCourse> containers = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private final List<String> unstarted = new ArrayList<>();
  private boolean made;
  private boolean removed;

  /**
   * @param name of the pod, nobody else's
   * @param seed for what the client and its programs do
   */
  PodCourse(NodeUnderFaults node, String name, long seed) {
    this(node, name, seed, Patience.LIMIT);
  }

  /**
   * @param limit how long each step is tried
   */
  PodCourse(NodeUnderFaults node, String name, long seed, Duration limit) {
    this.node = node;
    this.name = name;
    this.random = new Random(seed);
    this.patience = new Patience(node.client(), limit);
    this.requests = new PodRequests(node, name, random.nextInt(8) == 0);
    this.programs =
        random.ints(1 + random.nextInt(2)).mapToObj(each -> Program.random(random)).toList();
  }

  /** What was seen of its containers that were started. */
  List<ContainerCourse> containers() {
    return containers;
  }

  @Override
  public List<String> complaints() {
    return complaints;
  }

  /** Containers that never started. */
  List<String> unstarted() {
    return unstarted;
  }

  @Override
  public List<String> errors() {
    return patience.errors();
  }

  /** How long the slowest call took that was answered. */
  Duration slowestAnswer() {
    return patience.slowest();
  }

  /** Whether it had a sandbox. */
  boolean isMade() {
    return made;
  }

  /** Whether nothing of it was listed in the end. */
  boolean isRemoved() {
    return removed;
  }

  @Override
  public void run() {
    try {
      try {
        Files.createDirectories(node.logs().resolve(name));
        Optional<String> sandbox = sandbox();
        if (sandbox.isPresent()) {
          made = true;
          live(sandbox.get());
        }
      } finally {
        down();
      }
    } catch (IOException | RuntimeException e) {
      complaints.add("pod %s: %s".formatted(name, e));
    } catch (InterruptedException e) {
      complaints.add("pod %s was given up".formatted(name));
      Thread.currentThread().interrupt();
    }
  }

  /** A ready sandbox; as the kubelet does, a failed one is followed by another attempt. */
  private Optional<String> sandbox() throws InterruptedException {
    int attempt = 0;
    for (Patience.Clock clock = patience.clock(); clock.goesOn("RunPodSandbox of " + name); ) {
      PodSandboxConfig config = requests.pod(attempt);
      Optional<String> made =
          patience.tryOnce(stub ->
              stub.runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build())
                  .getPodSandboxId());
      if (made.isPresent()) {
        return made;
      }
      if (random.nextBoolean()) {
        continue; // the same once more: the reply may have been lost
      }
      List<PodSandbox> there = sandboxes();
      Optional<PodSandbox> newest =
          there.stream().max(Comparator.comparingInt(each -> each.getMetadata().getAttempt()));
      if (newest.isPresent() && newest.get().getState() == PodSandboxState.SANDBOX_READY) {
        return newest.map(PodSandbox::getId);
      }
      attempt = newest.map(each -> each.getMetadata().getAttempt() + 1).orElse(attempt);
    }
    return Optional.empty();
  }

  private List<PodSandbox> sandboxes() throws InterruptedException {
    var ours =
        ListPodSandboxRequest.newBuilder()
            .setFilter(PodSandboxFilter.newBuilder().putLabelSelector(PodRequests.LABEL, name))
            .build();
    return patience.call("ListPodSandbox", stub -> stub.listPodSandbox(ours).getItemsList());
  }

  private void live(String sandbox) throws IOException, InterruptedException {
    List<Started> started = new ArrayList<>();
    try {
      for (int i = 0; i < programs.size(); i++) {
        Optional<Started> one = start(sandbox, i);
        if (one.isEmpty()) {
          break;
        }
        started.add(one.get());
      }
      for (Started one : started) {
        ContainerStatus ended = one.program.runsOn() ? stop(one) : awaitEnd(one.id);
        containers.add(ContainerCourse.of(one.id, one.program, one.log, ended));
      }
    } finally {
      for (Started one : started.subList(containers.size(), started.size())) {
        containers.add(ContainerCourse.of(one.id, one.program, one.log, null));
      }
    }
  }

  /** A container that runs, or has run. */
  private record Started(String id, Program program, Path log) {}

  /** Creates and starts it, anew when need be; nothing once the sandbox is no longer ready. */
  private Optional<Started> start(String sandbox, int number)
      throws IOException, InterruptedException {
    Program program = programs.get(number);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String log = "c%d-%d.log".formatted(number, attempt);
      ContainerConfig config = requests.container(program, number, attempt, log);
      Optional<String> id = create(sandbox, config);
      if (id.isEmpty()) {
        return Optional.empty();
      }
      if (start(sandbox, id.get())) {
        return Optional.of(new Started(id.get(), program, node.logs().resolve(name).resolve(log)));
      }
      if (!isReady(sandbox)) {
        return Optional.empty();
      }
      Thread.sleep(BACK_OFF.multipliedBy(attempt + 1));
    }
    unstarted.add("pod %s: a container did not start in %d attempts".formatted(name, ATTEMPTS));
    return Optional.empty();
  }

  private Optional<String> create(String sandbox, ContainerConfig config)
      throws InterruptedException {
    var request =
        CreateContainerRequest.newBuilder()
            .setPodSandboxId(sandbox)
            .setSandboxConfig(requests.pod(0))
            .setConfig(config)
            .build();
    for (Patience.Clock clock = patience.clock(); clock.goesOn("CreateContainer in " + name); ) {
      Optional<String> id =
          patience.tryOnce(stub -> stub.createContainer(request).getContainerId());
      if (id.isPresent()) {
        return id;
      }
      if (!isReady(sandbox)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Whether it runs or has run; false when it never will. */
  private boolean start(String sandbox, String id) throws InterruptedException {
    var request = StartContainerRequest.newBuilder().setContainerId(id).build();
    for (Patience.Clock clock = patience.clock(); clock.goesOn("StartContainer in " + name); ) {
      if (patience.tryOnce(stub -> stub.startContainer(request)).isPresent()) {
        return true;
      }
      ContainerStatus status = status(id);
      switch (status.getState()) {
        case CONTAINER_RUNNING -> {
          return true;
        }
        case CONTAINER_EXITED -> {
          return status.getStartedAt() != 0 && !status.getReason().equals("StartError");
        }
        case CONTAINER_UNKNOWN, UNRECOGNIZED -> {
          return false;
        }
        case CONTAINER_CREATED -> {
          if (!isReady(sandbox)) {
            return false;
          }
        }
      }
    }
    return false;
  }

  private boolean isReady(String sandbox) throws InterruptedException {
    var request = PodSandboxStatusRequest.newBuilder().setPodSandboxId(sandbox).build();
    return patience
        .ask("PodSandboxStatus", stub -> stub.podSandboxStatus(request).getStatus().getState())
        .equals(Optional.of(PodSandboxState.SANDBOX_READY));
  }

  private ContainerStatus status(String id) throws InterruptedException {
    var request = ContainerStatusRequest.newBuilder().setContainerId(id).build();
    return patience
        .ask("ContainerStatus", stub -> stub.containerStatus(request).getStatus())
        .orElseGet(() -> ContainerCourse.unknown(id));
  }

  /** Lets it run a while once it has begun, and tells it to end. */
  private ContainerStatus stop(Started one) throws IOException, InterruptedException {
    for (Patience.Clock clock = patience.clock(); clock.goesOn("the first line in " + name); ) {
      if (!ContainerCourse.lines(one.log).isEmpty() || hasEnded(status(one.id))) {
        break;
      }
      Thread.sleep(Duration.ofMillis(10));
    }
    Thread.sleep(Duration.ofMillis(random.nextInt(400)));
    var request =
        StopContainerRequest.newBuilder()
            .setContainerId(one.id)
            .setTimeout(one.program.end() == Program.End.WHEN_KILLED ? 1 : 15)
            .build();
    patience.ask("StopContainer in " + name, stub -> stub.stopContainer(request));
    return awaitEnd(one.id);
  }

  private ContainerStatus awaitEnd(String id) throws InterruptedException {
    ContainerStatus status = status(id);
    for (Patience.Clock clock = patience.clock();
        !hasEnded(status) && clock.goesOn("the end of a container in " + name); ) {
      Thread.sleep(Duration.ofMillis(20));
      status = status(id);
    }
    return status;
  }

  private static boolean hasEnded(ContainerStatus status) {
    return status.getState() == ContainerState.CONTAINER_EXITED
        || status.getState() == ContainerState.CONTAINER_UNKNOWN;
  }

  private void down() throws InterruptedException {
    for (Patience.Clock clock = patience.clock(); clock.goesOn("the removal of pod " + name); ) {
      List<PodSandbox> left = sandboxes();
      if (left.isEmpty()) {
        removed = true;
        return;
      }
      for (PodSandbox sandbox : left) {
        var stop = StopPodSandboxRequest.newBuilder().setPodSandboxId(sandbox.getId()).build();
        var remove = RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox.getId()).build();
        if (patience.tryOnce(stub -> stub.stopPodSandbox(stop)).isPresent()) {
          patience.tryOnce(stub -> stub.removePodSandbox(remove));
        }
      }
    }
  }
}
