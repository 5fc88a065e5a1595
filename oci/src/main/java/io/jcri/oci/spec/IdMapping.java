package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;

/**
 * One line of a user namespace's uid or gid map (user_namespaces(7)). All three are u32.
 *
 * @param containerId first id inside the namespace
 * @param hostId first id outside of it
 * @param size how many ids follow one another
 */
public record IdMapping(
    @Placed("containerID") long containerId, @Placed("hostID") long hostId, long size) {}
