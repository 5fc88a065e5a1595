package io.jcri.shim;

/**
 * The end of a short process in the container.
 *
 * @param exitCode its exit code, 128 + signal when a signal ended it
 * @param timedOut whether it was killed, with all it had started, because its time was over
 * @param truncated whether there was more output than was asked for
 */
public record ExecResult(int exitCode, boolean timedOut, boolean truncated) {}
