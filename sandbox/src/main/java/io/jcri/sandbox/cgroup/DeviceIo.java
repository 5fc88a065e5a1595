package io.jcri.sandbox.cgroup;

/**
 * What a group has read from and written to one block device since it was made.
 *
 * @param operation {@code Read}, {@code Write} and so on, as version 1 names it
 * @param bytes in all
 * @param requests in all
 */
public record DeviceIo(int major, int minor, String operation, long bytes, long requests) {}
