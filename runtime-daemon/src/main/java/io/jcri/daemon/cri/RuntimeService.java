package io.jcri.daemon.cri;

import io.grpc.stub.StreamObserver;
import io.jcri.cri.v1.AttachRequest;
import io.jcri.cri.v1.AttachResponse;
import io.jcri.cri.v1.CheckpointContainerRequest;
import io.jcri.cri.v1.CheckpointContainerResponse;
import io.jcri.cri.v1.CheckpointPodRequest;
import io.jcri.cri.v1.CheckpointPodResponse;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.ContainerStatusResponse;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.CreateContainerResponse;
import io.jcri.cri.v1.ExecRequest;
import io.jcri.cri.v1.ExecResponse;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ExecSyncResponse;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListContainersResponse;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.ListPodSandboxResponse;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.PodSandboxStatusResponse;
import io.jcri.cri.v1.PortForwardRequest;
import io.jcri.cri.v1.PortForwardResponse;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.RemoveContainerResponse;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RemovePodSandboxResponse;
import io.jcri.cri.v1.ReopenContainerLogRequest;
import io.jcri.cri.v1.ReopenContainerLogResponse;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.cri.v1.RestorePodResponse;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxResponse;
import io.jcri.cri.v1.RuntimeConfigRequest;
import io.jcri.cri.v1.RuntimeConfigResponse;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StartContainerResponse;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.cri.v1.StatusResponse;
import io.jcri.cri.v1.StopContainerRequest;
import io.jcri.cri.v1.StopContainerResponse;
import io.jcri.cri.v1.StopPodSandboxRequest;
import io.jcri.cri.v1.StopPodSandboxResponse;
import io.jcri.cri.v1.UpdateContainerResourcesRequest;
import io.jcri.cri.v1.UpdateContainerResourcesResponse;
import io.jcri.cri.v1.UpdatePodSandboxResourcesRequest;
import io.jcri.cri.v1.UpdatePodSandboxResourcesResponse;
import io.jcri.cri.v1.UpdateRuntimeConfigRequest;
import io.jcri.cri.v1.UpdateRuntimeConfigResponse;
import io.jcri.cri.v1.VersionRequest;
import io.jcri.cri.v1.VersionResponse;
import io.jcri.daemon.Layout;
import io.jcri.daemon.checkpoint.CheckpointSetup;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.metrics.Metrics;
import io.jcri.daemon.pod.PodNetworks;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.stats.Stats;
import io.jcri.daemon.streaming.StreamingServer;
import io.jcri.sandbox.cgroup.CgroupDriver;

/**
 * The runtime service's table of calls: which handler answers which. Figures, events and streamed
 * lists are in {@link RuntimeObservation}. Calls that are in neither are answered UNIMPLEMENTED by
 * the generated base class.
 */
public final class RuntimeService extends RuntimeObservation {
  private final Version version = new Version();
  private final Status status;
  private final RuntimeConfig runtimeConfig;
  private final UpdateRuntimeConfig updateRuntimeConfig;
  private final RunPodSandbox runPodSandbox;
  private final StopPodSandbox stopPodSandbox;
  private final RemovePodSandbox removePodSandbox;
  private final PodSandboxStatus podSandboxStatus;
  private final ListPodSandbox listPodSandbox;
  private final CreateContainer createContainer;
  private final StartContainer startContainer;
  private final StopContainer stopContainer;
  private final RemoveContainer removeContainer;
  private final ContainerStatus containerStatus;
  private final ListContainers listContainers;
  private final ExecSync execSync;
  private final Exec exec;
  private final Attach attach;
  private final PortForward portForward;
  private final ReopenContainerLog reopenContainerLog;
  private final UpdateContainerResources updateContainerResources;
  private final UpdatePodSandboxResources updatePodSandboxResources;
  private final CheckpointContainer checkpointContainer;
  private final CheckpointPod checkpointPod;
  private final RestorePod restorePod;

  public RuntimeService(
      DaemonConfig config,
      Layout layout,
      Pods pods,
      Containers containers,
      PodNetworks networks,
      Handlers handlers,
      Stats stats,
      Metrics metrics,
      Images images,
      Events events,
      CheckpointSetup checkpoints,
      StreamingServer streaming,
      CgroupDriver driver) {
    super(pods, containers, stats, metrics, images, events);
    VerboseInfo info = new VerboseInfo(layout, config, driver);
    this.status = new Status(networks, handlers, info);
    this.runtimeConfig = new RuntimeConfig(driver);
    this.updateRuntimeConfig = new UpdateRuntimeConfig(networks);
    this.runPodSandbox = new RunPodSandbox(handlers, pods);
    this.stopPodSandbox = new StopPodSandbox(pods, containers);
    this.removePodSandbox = new RemovePodSandbox(pods, containers);
    this.podSandboxStatus = new PodSandboxStatus(pods, containers, events);
    this.listPodSandbox = new ListPodSandbox(pods);
    this.createContainer = new CreateContainer(pods, containers);
    this.startContainer = new StartContainer(containers);
    this.stopContainer = new StopContainer(containers);
    this.removeContainer = new RemoveContainer(containers);
    this.containerStatus = new ContainerStatus(containers, info);
    this.listContainers = new ListContainers(containers);
    this.execSync = new ExecSync(containers);
    this.exec = new Exec(containers, streaming);
    this.attach = new Attach(containers, streaming);
    this.portForward = new PortForward(pods, streaming);
    this.reopenContainerLog = new ReopenContainerLog(containers);
    this.updateContainerResources = new UpdateContainerResources(containers);
    this.updatePodSandboxResources = new UpdatePodSandboxResources(pods);
    this.checkpointContainer = new CheckpointContainer(checkpoints.checkpoints());
    this.checkpointPod = new CheckpointPod(checkpoints.checkpoints());
    this.restorePod = new RestorePod(handlers, checkpoints.restore());
  }

  @Override
  public void version(VersionRequest request, StreamObserver<VersionResponse> observer) {
    Unary.answer(version, request, observer);
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    Unary.answer(status, request, observer);
  }

  @Override
  public void runtimeConfig(
      RuntimeConfigRequest request, StreamObserver<RuntimeConfigResponse> observer) {
    Unary.answer(runtimeConfig, request, observer);
  }

  @Override
  public void updateRuntimeConfig(
      UpdateRuntimeConfigRequest request, StreamObserver<UpdateRuntimeConfigResponse> observer) {
    Unary.answer(updateRuntimeConfig, request, observer);
  }

  @Override
  public void runPodSandbox(
      RunPodSandboxRequest request, StreamObserver<RunPodSandboxResponse> observer) {
    Unary.answer(runPodSandbox, request, observer);
  }

  @Override
  public void stopPodSandbox(
      StopPodSandboxRequest request, StreamObserver<StopPodSandboxResponse> observer) {
    Unary.answer(stopPodSandbox, request, observer);
  }

  @Override
  public void removePodSandbox(
      RemovePodSandboxRequest request, StreamObserver<RemovePodSandboxResponse> observer) {
    Unary.answer(removePodSandbox, request, observer);
  }

  @Override
  public void podSandboxStatus(
      PodSandboxStatusRequest request, StreamObserver<PodSandboxStatusResponse> observer) {
    Unary.answer(podSandboxStatus, request, observer);
  }

  @Override
  public void listPodSandbox(
      ListPodSandboxRequest request, StreamObserver<ListPodSandboxResponse> observer) {
    Unary.answer(listPodSandbox, request, observer);
  }

  @Override
  public void createContainer(
      CreateContainerRequest request, StreamObserver<CreateContainerResponse> observer) {
    Unary.answer(createContainer, request, observer);
  }

  @Override
  public void startContainer(
      StartContainerRequest request, StreamObserver<StartContainerResponse> observer) {
    Unary.answer(startContainer, request, observer);
  }

  @Override
  public void stopContainer(
      StopContainerRequest request, StreamObserver<StopContainerResponse> observer) {
    Unary.answer(stopContainer, request, observer);
  }

  @Override
  public void removeContainer(
      RemoveContainerRequest request, StreamObserver<RemoveContainerResponse> observer) {
    Unary.answer(removeContainer, request, observer);
  }

  @Override
  public void containerStatus(
      ContainerStatusRequest request, StreamObserver<ContainerStatusResponse> observer) {
    Unary.answer(containerStatus, request, observer);
  }

  @Override
  public void listContainers(
      ListContainersRequest request, StreamObserver<ListContainersResponse> observer) {
    Unary.answer(listContainers, request, observer);
  }

  @Override
  public void execSync(ExecSyncRequest request, StreamObserver<ExecSyncResponse> observer) {
    execSync.answer(request, observer);
  }

  @Override
  public void exec(ExecRequest request, StreamObserver<ExecResponse> observer) {
    Unary.answer(exec, request, observer);
  }

  @Override
  public void attach(AttachRequest request, StreamObserver<AttachResponse> observer) {
    Unary.answer(attach, request, observer);
  }

  @Override
  public void portForward(
      PortForwardRequest request, StreamObserver<PortForwardResponse> observer) {
    Unary.answer(portForward, request, observer);
  }

  @Override
  public void reopenContainerLog(
      ReopenContainerLogRequest request, StreamObserver<ReopenContainerLogResponse> observer) {
    Unary.answer(reopenContainerLog, request, observer);
  }

  @Override
  public void updateContainerResources(
      UpdateContainerResourcesRequest request,
      StreamObserver<UpdateContainerResourcesResponse> observer) {
    Unary.answer(updateContainerResources, request, observer);
  }

  @Override
  public void updatePodSandboxResources(
      UpdatePodSandboxResourcesRequest request,
      StreamObserver<UpdatePodSandboxResourcesResponse> observer) {
    Unary.answer(updatePodSandboxResources, request, observer);
  }

  @Override
  public void checkpointContainer(
      CheckpointContainerRequest request, StreamObserver<CheckpointContainerResponse> observer) {
    Unary.answer(checkpointContainer, request, observer);
  }

  @Override
  public void checkpointPod(
      CheckpointPodRequest request, StreamObserver<CheckpointPodResponse> observer) {
    Unary.answer(checkpointPod, request, observer);
  }

  @Override
  public void restorePod(RestorePodRequest request, StreamObserver<RestorePodResponse> observer) {
    Unary.answer(restorePod, request, observer);
  }
}
