/**
 * ttrpc in both directions over one unix socket, as NRI multiplexes it: frames, calls, answers.
 * Knows nothing of NRI itself.
 */
@NullMarked
package io.jcri.daemon.nri.ttrpc;

import org.jspecify.annotations.NullMarked;
