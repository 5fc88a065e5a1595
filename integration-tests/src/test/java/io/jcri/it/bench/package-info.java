@NullMarked
package io.jcri.it.bench;

import org.jspecify.annotations.NullMarked;
