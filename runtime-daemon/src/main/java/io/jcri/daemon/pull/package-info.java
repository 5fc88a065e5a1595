/**
 * The pull worker: a second process that speaks to registries, and reads and unpacks what strangers
 * have packed. It has rights to nothing but the image store, starts with the first pull or load,
 * and is gone after a time without work. When it dies, the pulls under way fail and may be tried
 * again.
 *
 * <pre>
 * daemon                                          worker ({@code jcri pull-worker})
 * WorkerFetcher ─ WorkerProcess                   WorkerMain ─ WorkerCall ─ DirectFetcher
 *      │  one connection for each pull or load ─────── RemoteReceiver
 *      └─ ImageReceiver: the store
 * </pre>
 *
 * <p>The daemon listens, the worker connects, and keeps one connection in waiting. On each the
 * daemon sends one {@code Request}, which the worker takes; from then on the worker asks and the
 * daemon answers, up to the worker's {@code Ended}. The daemon closes its direction to cancel, and
 * the worker closes the connection when nothing works for it any more. The worker's standard input
 * is its settings, and ends with the daemon. {@link io.jcri.daemon.pull.WorkerMessages} has the
 * messages, {@link io.jcri.daemon.pull.WorkerWire} their form.
 */
@NullMarked
package io.jcri.daemon.pull;

import org.jspecify.annotations.NullMarked;
