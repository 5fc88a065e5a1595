package io.jcri.oci.spec;

/**
 * One line of a user namespace's uid or gid map (user_namespaces(7)). All three are u32.
 *
 * @param containerId first id inside the namespace
 * @param hostId first id outside of it
 * @param size how many ids follow one another
 */
public record IdMapping(long containerId, long hostId, long size) {}
