package io.jcri.cni;

/**
 * One entry of the {@code ipRanges} capability.
 *
 * @param subnet in CIDR form
 * @param rangeStart first address, or empty
 * @param rangeEnd last address, or empty
 * @param gateway or empty
 */
public record IpRange(String subnet, String rangeStart, String rangeEnd, String gateway) {}
