/** Tests of ttrpc, most of them with a peer that means no good. */
@NullMarked
package io.jcri.daemon.nri.ttrpc;

import org.jspecify.annotations.NullMarked;
