/** Port-forward sessions: a client's streams joined to sockets made in the pod's network. */
@NullMarked
package io.jcri.daemon.streaming.portforward;

import org.jspecify.annotations.NullMarked;
