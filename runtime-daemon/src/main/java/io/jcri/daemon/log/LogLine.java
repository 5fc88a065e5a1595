package io.jcri.daemon.log;

import java.time.Instant;
import java.util.Optional;

/**
 * A line of the log.
 *
 * @param level {@code WARN} or {@code ERROR}
 * @param message with the names of pods and containers; the stack is the log's alone
 * @param call the number of the call for which it was written
 */
public record LogLine(
    Instant time, String level, String topic, String message, Optional<String> call) {}
