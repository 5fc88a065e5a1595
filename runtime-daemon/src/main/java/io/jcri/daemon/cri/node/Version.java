package io.jcri.daemon.cri.node;

import io.jcri.cri.v1.VersionRequest;
import io.jcri.cri.v1.VersionResponse;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.system.BuildInfo;

/** {@code Version}: the runtime's name, version and API version. */
final class Version implements Call<VersionRequest, VersionResponse> {
  /** The version of the kubelet's runtime API that all runtimes answer with. */
  private static final String KUBELET_API_VERSION = "0.1.0";

  @Override
  public VersionResponse handle(VersionRequest request) {
    return VersionResponse.newBuilder()
        .setVersion(KUBELET_API_VERSION)
        .setRuntimeName("jcri")
        .setRuntimeVersion(BuildInfo.version())
        .setRuntimeApiVersion("v1")
        .build();
  }
}
