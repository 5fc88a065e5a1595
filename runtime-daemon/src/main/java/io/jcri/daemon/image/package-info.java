/** The daemon's view of the image store: what CRI asks for beyond what the store knows. */
@NullMarked
package io.jcri.daemon.image;

import org.jspecify.annotations.NullMarked;
