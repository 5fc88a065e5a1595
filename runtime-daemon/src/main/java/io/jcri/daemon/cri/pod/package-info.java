/**
 * The calls on pods: {@link io.jcri.daemon.cri.pod.PodCalls} lists them, {@link
 * io.jcri.daemon.cri.pod.PodConfigs} checks what comes in.
 */
@NullMarked
package io.jcri.daemon.cri.pod;

import org.jspecify.annotations.NullMarked;
