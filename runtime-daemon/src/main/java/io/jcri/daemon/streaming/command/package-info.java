/** Exec and attach sessions: a client's streams joined to those of a shim. */
@NullMarked
package io.jcri.daemon.streaming.command;

import org.jspecify.annotations.NullMarked;
