/**
 * Streams over SPDY/3.1, by Netty's frame codec and a multiplexer of our own: Netty's session
 * handler keeps to the flow-control windows that the kubelet's and kubectl's library never opens
 * again, and hangs after 64 KiB. Here TCP's own flow control is the only one, as it is there.
 */
@NullMarked
package io.jcri.daemon.streaming.spdy;

import org.jspecify.annotations.NullMarked;
