/** A real kubelet on the daemon, with static pods and no API server, where there is a kubelet. */
@NullMarked
package io.jcri.it.kubelet;

import org.jspecify.annotations.NullMarked;
