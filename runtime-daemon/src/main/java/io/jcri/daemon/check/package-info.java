/**
 * What {@code jcri check} looks at: the node, what is installed on it and what is configured beside
 * jcri. One class a kind of thing, each a {@link io.jcri.daemon.check.Check}; {@link
 * io.jcri.daemon.check.NodeChecks} is the list of them. They look and change nothing; no daemon
 * need run.
 */
@NullMarked
package io.jcri.daemon.check;

import org.jspecify.annotations.NullMarked;
