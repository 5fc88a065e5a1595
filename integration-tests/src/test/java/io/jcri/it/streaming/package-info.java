/** Exec, attach and port-forward sessions through the daemon's streaming server. */
@NullMarked
package io.jcri.it.streaming;

import org.jspecify.annotations.NullMarked;
