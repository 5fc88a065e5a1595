package io.jcri.daemon.cri.tracing;

import java.util.Map;
import java.util.Optional;

/**
 * Something that was done, and has ended.
 *
 * @param parent the span that it is a part of, 8 bytes as hex digits; empty for a trace's first
 * @param remote whether the parent is another process's
 * @param server whether it answers a call
 * @param begin nanoseconds since the epoch
 * @param attributes texts, booleans and whole numbers
 * @param error why it failed, if that is to count as an error
 */
record SpanRecord(
    TraceContext place,
    Optional<String> parent,
    boolean remote,
    boolean server,
    String name,
    long begin,
    long end,
    Map<String, Object> attributes,
    Optional<String> error) {}
