/**
 * Reads bbolt databases, in which containerd keeps what it knows (go.etcd.io/bbolt, as of version
 * 1.4). Nothing is written, and nothing that a file says is believed.
 */
@NullMarked
package io.jcri.daemon.imports.bolt;

import org.jspecify.annotations.NullMarked;
