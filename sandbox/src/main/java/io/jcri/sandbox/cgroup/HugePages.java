package io.jcri.sandbox.cgroup;

/**
 * A group's huge pages of one size.
 *
 * @param size as the kernel names it, such as {@code 2MB}
 * @param usage bytes now
 * @param peak most bytes ever used; version 2 does not say, so there it is what is used now
 * @param failures how often the limit was met
 */
public record HugePages(String size, long usage, long peak, long failures) {}
