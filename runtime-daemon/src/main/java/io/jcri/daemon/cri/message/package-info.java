/** CRI messages that more than one feature reads or makes. */
@NullMarked
package io.jcri.daemon.cri.message;

import org.jspecify.annotations.NullMarked;
