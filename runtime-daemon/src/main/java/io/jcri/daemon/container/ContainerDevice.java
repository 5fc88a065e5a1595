package io.jcri.daemon.container;

/**
 * {@code Device}: a host device, or a directory of them, given to the container.
 *
 * @param permissions any of r, w, m
 */
public record ContainerDevice(String containerPath, String hostPath, String permissions) {}
