/**
 * What a daemon does with what the one before it has left: records are taken up, steps in whose
 * middle it died are ended or undone, and what no record tells of goes. What an event such as
 * "found" means is said by {@link io.jcri.daemon.life}; here it is carried out, each object alone,
 * so that no object keeps another from being taken up, or the daemon from serving.
 *
 * <p>All that is left over is called leftovers: those of a container that a record tells of are
 * ended by the container's own package, since a stop has to do so too.
 */
@NullMarked
package io.jcri.daemon.recovery;

import org.jspecify.annotations.NullMarked;
