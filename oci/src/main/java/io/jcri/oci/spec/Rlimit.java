package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;

/**
 * A resource limit of a process.
 *
 * @param type as in getrlimit(2), such as {@code RLIMIT_NOFILE}
 * @param hard u64; -1 is no limit
 * @param soft u64; -1 is no limit
 */
public record Rlimit(
    String type, @Placed(unsigned = true) long hard, @Placed(unsigned = true) long soft) {}
