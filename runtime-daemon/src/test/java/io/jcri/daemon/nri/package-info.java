/** Tests of NRI without plugins. */
@NullMarked
package io.jcri.daemon.nri;

import org.jspecify.annotations.NullMarked;
