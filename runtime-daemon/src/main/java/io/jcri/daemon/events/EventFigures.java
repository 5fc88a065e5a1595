package io.jcri.daemon.events;

/**
 * How events are taken.
 *
 * @param subscribers who listens
 * @param longestQueue the events that the slowest of them has not taken yet
 */
public record EventFigures(int subscribers, int longestQueue) {}
