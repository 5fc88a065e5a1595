/**
 * The runtime's side of NRI, the Node Resource Interface: plugins of the node that watch pods and
 * containers and adjust them. The rest of the daemon knows only the hooks that {@link
 * io.jcri.daemon.nri.Nri} implements.
 */
@NullMarked
package io.jcri.daemon.nri;

import org.jspecify.annotations.NullMarked;
