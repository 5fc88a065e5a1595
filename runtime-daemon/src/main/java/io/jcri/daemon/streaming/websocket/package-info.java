/** Streams as numbered channels of a WebSocket, and SPDY carried through one. */
@NullMarked
package io.jcri.daemon.streaming.websocket;

import org.jspecify.annotations.NullMarked;
