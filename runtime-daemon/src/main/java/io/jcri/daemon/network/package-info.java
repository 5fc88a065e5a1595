/** The pod's network as the daemon sees it: when CNI is called and what is done with the answer. */
@NullMarked
package io.jcri.daemon.network;

import org.jspecify.annotations.NullMarked;
