package io.jcri.daemon.cri.node;

import io.jcri.cri.v1.UpdateRuntimeConfigRequest;
import io.jcri.cri.v1.UpdateRuntimeConfigResponse;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.pod.PodNetworks;

/**
 * {@code UpdateRuntimeConfig}: the node's pod CIDR. It makes the default network when the node has
 * no CNI configuration; with one, the configuration says what happens.
 */
final class UpdateRuntimeConfig
    implements Call<UpdateRuntimeConfigRequest, UpdateRuntimeConfigResponse> {
  private final PodNetworks networks;

  UpdateRuntimeConfig(PodNetworks networks) {
    this.networks = networks;
  }

  @Override
  public UpdateRuntimeConfigResponse handle(UpdateRuntimeConfigRequest request) throws Exception {
    String podCidr = request.getRuntimeConfig().getNetworkConfig().getPodCidr();
    if (!podCidr.isEmpty()) {
      networks.setPodCidr(podCidr);
    }
    return UpdateRuntimeConfigResponse.getDefaultInstance();
  }
}
