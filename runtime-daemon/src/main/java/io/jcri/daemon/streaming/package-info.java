/**
 * The server behind the URLs that Exec, Attach and PortForward answer. {@link
 * io.jcri.daemon.streaming.StreamingServer} hands out URLs with one-time {@link
 * io.jcri.daemon.streaming.Tokens} and binds its port with the first of them, so that a node where
 * nobody streams pays nothing. {@link io.jcri.daemon.streaming.RequestGate} checks the HTTP request
 * and makes the connection one of SPDY/3.1, of a WebSocket with channels, or of SPDY in a
 * WebSocket.
 *
 * <p>Below: {@code link} (one connection, its streams and their back-pressure), {@code spdy} and
 * {@code websocket} (how streams share a connection), {@code command} (exec and attach sessions),
 * {@code portforward}. Network threads never block; each session has threads of its own, whose
 * writes wait for the client and whose unread input stops the reading of the connection.
 *
 * <p>Follows what the kubelet and kubectl speak: remotecommand v1 to v5 and portforward v1 of
 * Kubernetes. Uses the unshaded Netty; nothing here knows gRPC or CRI messages.
 */
@NullMarked
package io.jcri.daemon.streaming;

import org.jspecify.annotations.NullMarked;
