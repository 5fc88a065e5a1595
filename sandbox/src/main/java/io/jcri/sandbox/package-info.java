/**
 * The kernel side of a pod: its namespaces, pinned below the pod's directory, its shared memory and
 * its pause process.
 *
 * <p>{@link io.jcri.sandbox.Sandboxes} drives {@code jcri-sandbox}, the C helper in {@code
 * native/}, since a process with threads can neither enter a user namespace nor change a namespace
 * without leaking it to the next task of the thread. The helper does everything or nothing and
 * leaves the pause process behind, which has no rights, no open file and an empty root directory.
 *
 * <p>Everything that is needed to take a sandbox down again is in its directory, so {@link
 * io.jcri.sandbox.Sandboxes#destroy destroy} works after a restart that knows nothing else.
 *
 * <p>Decisions: every pod has a pause process, also one that could do with pinned namespaces alone,
 * since it costs some 60 KiB and makes the pod's life and death a process's. As PID 1 of a shared
 * pid namespace it ignores SIGTERM from inside the pod. Pinned namespaces are unbindable mounts, so
 * that a bind mount of the node's root takes no copy that outlives the pod; a mount namespace that
 * is copied whole takes them along, and on the newest kernels without that mark, so a container
 * with the node's root in it may hold the (empty) namespaces of pods older than itself until it
 * ends.
 */
@NullMarked
package io.jcri.sandbox;

import org.jspecify.annotations.NullMarked;
