/**
 * The layers of a node and what is mounted of them: {@link io.jcri.oci.snapshot.LayerStore} keeps
 * layers, {@link io.jcri.oci.snapshot.Snapshotter} mounts stacks of them with a writable one on
 * top, and removes the layers that nobody names.
 *
 * <p>May use the system calls and mounts of io.jcri.sandbox; knows no registry and no reference.
 */
@NullMarked
package io.jcri.oci.snapshot;

import org.jspecify.annotations.NullMarked;
