package io.jcri.cni;

/**
 * One entry of the {@code portMappings} capability.
 *
 * @param hostPort port on the node, 1 to 65535
 * @param containerPort port in the pod, 1 to 65535
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}, lower case
 * @param hostIp address on the node to listen on; empty means all
 */
public record PortMapping(int hostPort, int containerPort, String protocol, String hostIp) {}
