/** The commands about pods and containers, and about the daemon that runs them. */
@NullMarked
package io.jcri.daemon.cli.pod;

import org.jspecify.annotations.NullMarked;
