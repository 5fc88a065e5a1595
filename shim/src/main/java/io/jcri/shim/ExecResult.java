package io.jcri.shim;

/**
 * The outcome of a short process in the container.
 *
 * @param exitCode its exit code, 128 + signal when a signal ended it
 * @param stdout at most as many bytes as were asked for
 * @param stderr the same
 * @param timedOut whether it was killed, with all it had started, because its time was over
 * @param truncated whether there was more output than was asked for
 */
@SuppressWarnings(
    "ArrayRecordComponent") // Output may be 16 MiB: a copy, or an equals, serves nobody.
public record ExecResult(
    int exitCode, byte[] stdout, byte[] stderr, boolean timedOut, boolean truncated) {}
