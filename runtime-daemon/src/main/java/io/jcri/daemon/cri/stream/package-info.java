/** Commands in containers, and the URLs of exec, attach and port-forward. */
@NullMarked
package io.jcri.daemon.cri.stream;

import org.jspecify.annotations.NullMarked;
