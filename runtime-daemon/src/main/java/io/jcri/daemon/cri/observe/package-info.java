/** The calls that only look: figures, metrics and events. */
@NullMarked
package io.jcri.daemon.cri.observe;

import org.jspecify.annotations.NullMarked;
