package io.jcri.daemon.container;

/**
 * The end of a command that ran in a container.
 *
 * @param exitCode its exit code, 128 + signal when a signal ended it
 * @param timedOut whether it was killed because its time was over
 * @param output what it wrote, to be closed when nothing of it is in memory any more
 */
public record CommandEnd(int exitCode, boolean timedOut, CommandOutput output) {}
