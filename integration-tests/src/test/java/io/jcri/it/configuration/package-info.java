/** The daemon's configuration, as an operator changes it. */
@NullMarked
package io.jcri.it.configuration;

import org.jspecify.annotations.NullMarked;
