/**
 * What a client was promised by Exec, Attach or PortForward, until it comes for it with its token.
 */
@NullMarked
package io.jcri.daemon.streaming.request;

import org.jspecify.annotations.NullMarked;
