package io.jcri.sandbox;

/**
 * One range of ids of a user namespace (user_namespaces(7); CRI {@code IDMapping}). All are 32 bits
 * unsigned.
 *
 * @param containerId the first id inside
 * @param hostId the id of the node that it stands for
 * @param size how many ids, at least 1
 */
public record IdMapping(long containerId, long hostId, long size) {}
