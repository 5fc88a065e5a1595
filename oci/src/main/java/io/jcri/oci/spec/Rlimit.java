package io.jcri.oci.spec;

/**
 * A resource limit of a process.
 *
 * @param type as in getrlimit(2), such as {@code RLIMIT_NOFILE}
 * @param soft u64; -1 is no limit
 * @param hard u64; -1 is no limit
 */
public record Rlimit(String type, long soft, long hard) {}
