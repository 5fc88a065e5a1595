/**
 * The edge: one handler class per CRI call, and the only place where CRI messages are read or made.
 */
@NullMarked
package io.jcri.daemon.cri;

import org.jspecify.annotations.NullMarked;
