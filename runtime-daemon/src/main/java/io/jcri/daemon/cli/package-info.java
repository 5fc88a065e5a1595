/** The jcri command line for operators. The daemon itself does not use it. */
@NullMarked
package io.jcri.daemon.cli;

import org.jspecify.annotations.NullMarked;
