/**
 * What the log's lines look like: {@link io.jcri.daemon.log.LineEncoder} writes them, {@link
 * io.jcri.daemon.log.LogNames} adds the names of pods and containers to their ids, {@link
 * io.jcri.daemon.log.CurrentCall} marks those that are made for a call and tells of slow calls.
 */
@NullMarked
package io.jcri.daemon.log;

import org.jspecify.annotations.NullMarked;
