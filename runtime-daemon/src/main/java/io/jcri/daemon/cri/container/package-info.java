/**
 * The calls on containers: {@link io.jcri.daemon.cri.container.ContainerCalls} lists them, {@link
 * io.jcri.daemon.cri.container.ContainerConfigs} checks what comes in.
 */
@NullMarked
package io.jcri.daemon.cri.container;

import org.jspecify.annotations.NullMarked;
