package io.jcri.daemon.selftest;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ExecRequest;
import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.LinuxPodSandboxConfig;
import io.jcri.cri.v1.LinuxSandboxSecurityContext;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.NamespaceOption;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import io.jcri.cri.v1.VersionRequest;
import io.jcri.cri.v1.VersionResponse;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.oci.manifest.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The steps of the selftest. Whatever it made is removed again, also after a failure.
 *
 * <p>Used once.
 */
public final class Selftest {
  private static final int PORT = 18080;
  private static final String PAGE = "hello from a jcri pod\n";
  private static final String GREETING = "hello";
  private static final int DEADLINE_SECONDS = 60;
  private static final Duration FETCH_LIMIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  private final Path socket;
  private final boolean hostNetwork;
  private final int polls;
  private final Duration patience;
  private final PrintStream out;

  /**
   * @param socket the CRI socket
   * @param hostNetwork whether the pod has the host's network, which needs no CNI
   * @param polls how often to ask about the running pod
   * @param patience with a daemon that does not answer yet
   */
  public Selftest(Path socket, boolean hostNetwork, int polls, Duration patience, PrintStream out) {
    this.socket = socket;
    this.hostNetwork = hostNetwork;
    this.polls = polls;
    this.patience = patience;
    this.out = out;
  }

  /**
   * Takes every step, and says each on the output.
   *
   * @throws SelftestException naming the step that failed
   */
  public void run() throws SelftestException {
    DaemonSocket.await(socket, patience);
    ManagedChannel channel =
        Grpc.newChannelBuilder("unix://" + socket, InsecureChannelCredentials.create())
            .overrideAuthority("localhost")
            .build();
    String step = "preparation";
    try {
      Path logs = Files.createTempDirectory("jcri-selftest");
      try (TinyRegistry registry = new TinyRegistry(image())) {
        step = "connection to " + socket;
        steps(channel, registry.reference(), logs);
      } finally {
        FileTrees.delete(logs);
      }
    } catch (StatusRuntimeException e) {
      String why = Objects.requireNonNullElse(e.getStatus().getDescription(), "no reason is told");
      throw new SelftestException(
          e.getStatus().getCode() + ": " + why.lines().findFirst().orElse(""), e);
    } catch (IOException e) {
      throw new SelftestException(step + ": " + e, e);
    } finally {
      channel.shutdownNow();
    }
  }

  private static TinyImage image() throws IOException {
    return TinyImage.of(NativeBinaries.find().selftest(), Platform.host().architecture());
  }

  private void steps(ManagedChannel channel, String reference, Path logs)
      throws SelftestException, IOException {
    RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime =
        RuntimeServiceGrpc.newBlockingStub(channel).withWaitForReady();
    ImageServiceGrpc.ImageServiceBlockingStub images = ImageServiceGrpc.newBlockingStub(channel);
    VersionResponse version =
        runtime
            .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
            .version(VersionRequest.getDefaultInstance());
    say(
        "%s %s answers on %s"
            .formatted(version.getRuntimeName(), version.getRuntimeVersion(), socket));
    ImageSpec image = ImageSpec.newBuilder().setImage(reference).build();
    String imageRef =
        timed(
            "image pulled from a registry on loopback",
            () ->
                images
                    .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .pullImage(PullImageRequest.newBuilder().setImage(image).build())
                    .getImageRef());
    try {
      pod(deadline(runtime), image, logs);
    } finally {
      images
          .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
          .removeImage(
              RemoveImageRequest.newBuilder()
                  .setImage(ImageSpec.newBuilder().setImage(imageRef))
                  .build());
      say("image removed");
    }
  }

  private void pod(
      RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime, ImageSpec image, Path logs)
      throws SelftestException, IOException {
    PodSandboxConfig config = podConfig(logs);
    String pod =
        timed(
            "pod up",
            () ->
                runtime
                    .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build())
                    .getPodSandboxId());
    try {
      ContainerConfig container =
          ContainerConfig.newBuilder()
              .setMetadata(ContainerMetadata.newBuilder().setName("web"))
              .setImage(image)
              .addArgs(String.valueOf(PORT))
              .setLogPath("web.log")
              .build();
      String running =
          timed(
              "container started",
              () -> {
                String id =
                    runtime
                        .createContainer(
                            CreateContainerRequest.newBuilder()
                                .setPodSandboxId(pod)
                                .setConfig(container)
                                .setSandboxConfig(config)
                                .build())
                        .getContainerId();
                runtime.startContainer(
                    StartContainerRequest.newBuilder().setContainerId(id).build());
                return id;
              });
      String ip =
          hostNetwork
              ? "127.0.0.1"
              : runtime
                  .podSandboxStatus(
                      PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod).build())
                  .getStatus()
                  .getNetwork()
                  .getIp();
      fetch(ip);
      showLog(logs.resolve("web.log"));
      Polls questions = new Polls(runtime, pod, running);
      timed(
          "exec, lists, statuses and figures",
          () -> {
            questions.ask(polls);
            return running;
          });
      stream(runtime, running);
    } finally {
      timed(
          "pod stopped and removed",
          () -> {
            runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
            runtime.removePodSandbox(
                RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
            return pod;
          });
    }
  }

  /** Over TLS it would not know whom to trust. */
  private void stream(RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime, String container)
      throws SelftestException {
    ExecRequest request =
        ExecRequest.newBuilder()
            .setContainerId(container)
            .addAllCmd(List.of("/" + TinyImage.PROGRAM, "say", GREETING))
            .setStdin(true)
            .setStdout(true)
            .build();
    String output =
        timed(
            "command streamed",
            () -> {
              URI url = URI.create(runtime.exec(request).getUrl());
              try {
                return url.getScheme().equals("https")
                    ? GREETING
                    : StreamedExec.output(url).strip();
              } catch (IOException e) {
                throw new SelftestException("streamed command: " + e.getMessage(), e);
              }
            });
    if (!output.equals(GREETING)) {
      throw new SelftestException("the streamed command said \"" + output + "\"", null);
    }
  }

  private PodSandboxConfig podConfig(Path logs) {
    NamespaceOption namespaces =
        NamespaceOption.newBuilder()
            .setNetwork(hostNetwork ? NamespaceMode.NODE : NamespaceMode.POD)
            .setPid(NamespaceMode.CONTAINER)
            .build();
    return PodSandboxConfig.newBuilder()
        .setMetadata(
            PodSandboxMetadata.newBuilder()
                .setName("selftest")
                .setNamespace("jcri")
                .setUid(UUID.randomUUID().toString()))
        .setHostname(hostNetwork ? "" : "selftest")
        .setLogDirectory(logs.toString())
        .setLinux(
            LinuxPodSandboxConfig.newBuilder()
                .setSecurityContext(
                    LinuxSandboxSecurityContext.newBuilder().setNamespaceOptions(namespaces)))
        .build();
  }

  /**
   * The program listens a moment after it was started: a refused connection is tried again. A
   * network that swallows packets must not keep the operator waiting for what TCP thinks is long.
   */
  private void fetch(String ip) throws SelftestException {
    String host = ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
    URI page = URI.create("http://" + host + ":" + PORT + "/");
    long end = System.nanoTime() + FETCH_LIMIT.toNanos();
    while (true) {
      try {
        String text = get(page);
        if (!text.equals(PAGE)) {
          throw new SelftestException(page + " answered \"" + text + "\"", null);
        }
        say("%s answered: %s".formatted(page, text.strip()));
        return;
      } catch (IOException e) {
        if (System.nanoTime() - end > 0) {
          throw new SelftestException("no page from " + page + ": " + e.getMessage(), e);
        }
        pause();
      }
    }
  }

  private static String get(URI page) throws IOException {
    URLConnection connection = page.toURL().openConnection();
    connection.setConnectTimeout((int) ANSWER_LIMIT.toMillis());
    connection.setReadTimeout((int) ANSWER_LIMIT.toMillis());
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void pause() throws SelftestException {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SelftestException("interrupted", e);
    }
  }

  private void showLog(Path log) throws SelftestException, IOException {
    String text = Files.readString(log);
    if (!text.contains(" stdout F ")) {
      throw new SelftestException("the container's log has no line in CRI's format: " + text, null);
    }
    text.lines().forEach(line -> say("log: %s".formatted(line)));
  }

  private static RuntimeServiceGrpc.RuntimeServiceBlockingStub deadline(
      RuntimeServiceGrpc.RuntimeServiceBlockingStub stub) {
    return stub.withDeadlineAfter(2 * DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private interface Step {
    String take() throws SelftestException;
  }

  private String timed(String what, Step step) throws SelftestException {
    long begin = System.nanoTime();
    try {
      String result = step.take();
      say(String.format(Locale.ROOT, "%s in %.1f ms", what, (System.nanoTime() - begin) / 1e6));
      return result;
    } catch (StatusRuntimeException e) {
      throw new SelftestException(what + ": " + e.getStatus(), e);
    }
  }

  private void say(String line) {
    out.println("selftest: " + line);
  }
}
