/**
 * The client of {@code jcri-shim}, the small process that stands beside each container.
 *
 * <p>{@link io.jcri.shim.ShimLauncher} starts a shim or finds a running one; {@link
 * io.jcri.shim.Shim} speaks to it. The shim starts the container by one {@code run --detach} of the
 * OCI runtime, owns its stdio, writes its CRI log, reaps it, puts an {@link
 * io.jcri.shim.ExitRecord} on disk and only then tells whoever listens. It needs neither this JVM
 * nor its own binary once it runs. The protocol and its rules for growing are in {@code
 * native/wire.h}.
 *
 * <p>Decided here: the runtime deletes a container as soon as it has ended, so that its cgroup and
 * left-over processes go at once and a later delete is cheap; output that nobody can store (a full
 * disk, a client that does not read) is dropped and told of, never waited for; what an exec left
 * behind never holds its client; one that nobody waits for any more is killed; input that a client
 * wrote reaches the container even if the client is gone.
 *
 * <p>May use {@code io.jcri.sandbox.linux} and nothing else of jcri. Knows containers only as a
 * bundle and an id: no CRI, no image, no network.
 */
@NullMarked
package io.jcri.shim;

import org.jspecify.annotations.NullMarked;
