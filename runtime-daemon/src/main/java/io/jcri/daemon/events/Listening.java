package io.jcri.daemon.events;

import java.util.List;

/**
 * The last events, and those to come for one who only looks on.
 *
 * @param past the oldest first
 */
public record Listening(List<PastEvent> past, Subscription live) {}
