/** What the daemon tells of its pods and containers: events, figures, metrics, streamed lists. */
@NullMarked
package io.jcri.it.observation;

import org.jspecify.annotations.NullMarked;
