package io.jcri.daemon.core;

import io.jcri.daemon.system.Clock;

/**
 * Where and when this daemon lives.
 *
 * @param bootId tells the node's boots apart
 */
public record DaemonContext(Layout layout, Clock clock, String bootId) {}
