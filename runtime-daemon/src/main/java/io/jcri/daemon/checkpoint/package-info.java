/**
 * Checkpoints of running containers and pods by CRIU, and pods made from them.
 *
 * <p>A container's checkpoint is a tar archive in the form that {@code checkpointctl} reads:
 *
 * <pre>
 * config.dump      which container and image it was
 * spec.dump        its config.json
 * status.dump      its CRI status
 * status           when it was created and started
 * container.log    its CRI log
 * dump.log, stats-dump   CRIU's words
 * rootfs-diff.tar  its writable layer, as an OCI layer
 * checkpoint/      CRIU's images
 * </pre>
 *
 * <p>A pod's checkpoint is a directory of such archives and {@code pod.options}, which names them.
 * The daemon's files of a checkpoint in the making are named by {@code Layout}: a daemon that finds
 * some after a crash lets the containers go on and removes them.
 *
 * <p>What comes back in a restore is not trusted: the specification is made anew from the request,
 * and what the checkpoint says of itself must agree with it.
 */
@NullMarked
package io.jcri.daemon.checkpoint;

import org.jspecify.annotations.NullMarked;
