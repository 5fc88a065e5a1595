/** Checkpoints of containers and pods, and pods that are made of them. */
@NullMarked
package io.jcri.daemon.cri.checkpoint;

import org.jspecify.annotations.NullMarked;
