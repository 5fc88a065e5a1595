package io.jcri.cni;

/**
 * The {@code bandwidth} capability; 0 means no limit.
 *
 * @param ingressRate bits per second into the pod
 * @param ingressBurst bits
 * @param egressRate bits per second out of the pod
 * @param egressBurst bits
 */
public record Bandwidth(long ingressRate, long ingressBurst, long egressRate, long egressBurst) {}
