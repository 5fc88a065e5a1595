/** What is asked of the node itself: version, status, configuration. */
@NullMarked
package io.jcri.daemon.cri.node;

import org.jspecify.annotations.NullMarked;
