/** CRI's image service: {@link io.jcri.daemon.cri.image.ImageCalls} lists its calls. */
@NullMarked
package io.jcri.daemon.cri.image;

import org.jspecify.annotations.NullMarked;
