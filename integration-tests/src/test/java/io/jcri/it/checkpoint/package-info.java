/**
 * CheckpointContainer, CheckpointPod and RestorePod. What needs CRIU is left out where CRIU does
 * not work; what must hold without it is tested everywhere.
 */
@NullMarked
package io.jcri.it.checkpoint;

import org.jspecify.annotations.NullMarked;
