package io.jcri.cni;

import java.util.List;

/**
 * What a pod got from its network.
 *
 * @param primaryIp the first address of the first network, in the order its plugin gave
 * @param additionalIps the other addresses of the first network
 * @param resultJson the first network's CNI result, in the version of its configuration
 * @param networkName the first network's name
 */
public record PodNetwork(
    String primaryIp, List<String> additionalIps, String resultJson, String networkName) {
  /** Copies its list. */
  public PodNetwork {
    additionalIps = List.copyOf(additionalIps);
  }
}
