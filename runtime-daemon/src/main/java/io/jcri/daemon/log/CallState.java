package io.jcri.daemon.log;

import java.time.Instant;
import java.util.List;

/**
 * How a call stands at one moment, or how it was in the end.
 *
 * @param id its number, as lines of the log have it
 * @param subject the object with its name and id; empty when it is about none
 * @param stage where it is; empty when it has no stages, or is through
 * @param times how long each of its stages took so far
 * @param worker the thread that works for it
 * @param stack what that thread does; empty when nobody wanted it, or it is through
 */
public record CallState(
    String id,
    String method,
    String subject,
    String stage,
    String times,
    Instant since,
    long millis,
    String worker,
    List<String> stack) {}
