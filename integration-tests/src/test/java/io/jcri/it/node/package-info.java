/**
 * A node of a test's own (daemon, registry, network) and its pods and containers in short words.
 */
@NullMarked
package io.jcri.it.node;

import org.jspecify.annotations.NullMarked;
