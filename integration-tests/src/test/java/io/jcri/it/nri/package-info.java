/** NRI plugins: what they are told, what they may change, and what becomes of bad ones. */
@NullMarked
package io.jcri.it.nri;

import org.jspecify.annotations.NullMarked;
