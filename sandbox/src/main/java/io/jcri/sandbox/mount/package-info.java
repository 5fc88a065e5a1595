/**
 * Mounts of the host's mount namespace: overlays, binds, tmpfs, and taking them away again.
 *
 * <p>Needs Linux 5.12 (mount_setattr); id-mapped overlays need 5.19. May depend on {@code
 * io.jcri.sandbox.linux} only.
 */
@NullMarked
package io.jcri.sandbox.mount;

import org.jspecify.annotations.NullMarked;
